"""Validation that takes the short way answers as the long one does."""

from random import Random

import pytest
from graphql import (
    OverlappingFieldsCanBeMergedRule,
    build_schema,
    parse,
    specified_rules,
    validate,
)

from engine.validating import MAX_ERRORS, Merging, errors_of

SCHEMA = build_schema("""
    interface Named { name: String friend: Named }
    type Query { cat: Cat dog(big: Boolean, age: Int): Dog named(of: String): Named pets: [Pet!] root: Query }
    type Cat implements Named { name: String friend: Named size: Int lives: Int! owner: Query }
    type Dog implements Named { name: String friend: Named size: String lives: Int owner: Query }
    union Pet = Cat | Dog
""")
FIELDS = {
    "Query": [
        "cat",
        "dog",
        "dog(big: true)",
        "dog(age: 1)",
        "dog(age:1)",
        "named",
        'named(of: "x")',
        "pets",
        "root",
    ],
    "Named": ["name", "friend", "__typename"],
    "Cat": ["name", "friend", "size", "lives", "owner"],
    "Dog": ["name", "friend", "size", "lives", "owner"],
    "Pet": ["__typename"],
}
GIVES = {
    "cat": "Cat",
    "dog": "Dog",
    "named": "Named",
    "friend": "Named",
    "pets": "Pet",
    "root": "Query",
    "owner": "Query",
}
WITHIN = {
    "Named": ["Cat", "Dog", "Named"],
    "Pet": ["Cat", "Dog", "Named"],
    "Cat": ["Cat", "Named", "Pet"],
    "Dog": ["Dog"],
}


class Drawing:
    """A document that names the same things often, and other things by the same names."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._fragments: list[str] = []

    def document(self) -> str:
        return " ".join([self.selection("Query", 3), *self._fragments])

    def selection(self, kind: str, depth: int) -> str:
        return f"{{ {' '.join(self.part(kind, depth) for _ in range(self._random.randint(1, 4)))} }}"

    def part(self, kind: str, depth: int) -> str:
        chance = self._random.random()
        if depth and chance < 0.3:
            inner = self._random.choice(WITHIN.get(kind, [kind]))
            if chance < 0.15:
                return f"... on {inner} {self.selection(inner, depth - 1)}"
            name = f"F{len(self._fragments)}"
            self._fragments.append("")
            self._fragments[int(name[1:])] = f"fragment {name} on {inner} {self.selection(inner, depth - 1)}"
            return f"...{name}"
        field = self._random.choice(FIELDS[kind])
        given = GIVES.get(field.partition("(")[0])
        if given is not None and not depth:
            return "__typename"
        alias = self._random.choice(["", "", "", "x: ", "name: "])
        return f"{alias}{field} {self.selection(given, depth - 1) if given else ''}"


def test_fields_that_are_taken_to_merge_do() -> None:
    plain = 0

    for seed in range(1_000):
        text = Drawing(Random(seed)).document()  # noqa: S311  # the same documents in every run
        merging = Merging(SCHEMA, parse(text))
        plain += merging.plain
        if merging.plain:
            assert validate(SCHEMA, parse(text), [OverlappingFieldsCanBeMergedRule]) == [], text

    assert 100 < plain < 900


def test_a_document_is_valid_to_both_or_to_neither() -> None:
    refused = 0

    for seed in range(200):
        document = parse(Drawing(Random(seed)).document())  # noqa: S311
        compared = not Merging(SCHEMA, document).plain
        found = errors_of(SCHEMA, document, compared=compared, suggestions=True)
        expected = validate(SCHEMA, document, specified_rules)
        refused += bool(expected)
        assert bool(found) == bool(expected), document
        if len(expected) <= MAX_ERRORS:
            assert {error.message for error in found} == {error.message for error in expected}

    assert 20 < refused < 180


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("{ cat { name } cat { name lives } }", True),
        ("{ cat { name } ...F } fragment F on Query { cat { name @include(if: true) } }", True),
        ("{ pets { ... on Cat { name } ... on Dog { name } } }", True),
        ("{ pets { ... on Cat { size } ... on Dog { size } } }", False),
        ("{ pets { ... on Cat { lives } ... on Dog { lives } } }", False),
        ("{ dog(age: 1) { name } dog(age:1) { name } }", False),
        ("{ cat { name } cat: dog { name } }", False),
        ("{ nope { a } nope { a } }", False),
    ],
)
def test_only_what_is_the_same_is_taken_to_merge(text: str, *, plain: bool) -> None:
    assert Merging(SCHEMA, parse(text)).plain is plain


@pytest.mark.parametrize(
    "text",
    [
        "{ cat @nope { name } }",
        "{ cat @skip(if: true) @skip(if: true) { name } }",
        "query @skip(if: true) { cat { name } }",
        "{ cat { name @stream } }",
        "mutation { root @defer }",
        '{ pets { ...A @defer(label: "x") ...A @defer(label: "x") } } fragment A on Cat { name }',
        "{ cat { ...Nope } }",
        "{ cat { ... on Dog { name } } }",
        "{ cat { ...A } } fragment A on Cat { ...A }",
        "{ cat { name } } fragment A on Cat { name }",
        "{ cat { ...A } } fragment A on Cat { name } fragment A on Cat { name }",
        "fragment A on Nope { name }",
        "subscription { cat { name } root { __typename } }",
        "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
        '{ dog(age: "@ ... fragment subscription __") { name } }',
        "{ dog(age: $age) { name } }",
        "query ($age: Nope) { dog { name } }",
        "query ($age: Int) { dog { name } }",
        "query ($age: Cat) { dog(age: $age) { name } }",
        "query ($age: String) { dog(age: $age) { name } }",
        "query ($age: Int, $age: Int) { dog(age: $age) { name } }",
        "{ nope }",
        "{ cat }",
        "type Cat { name: String }",
    ],
)
def test_leaving_out_what_there_is_no_sign_of_changes_no_word(text: str) -> None:
    document = parse(text)

    found = errors_of(SCHEMA, document, compared=True, suggestions=True)

    expected = validate(SCHEMA, document, specified_rules)
    assert sorted(error.message for error in found) == sorted(error.message for error in expected)
    assert expected
