"""A document that one look takes for valid is valid, and those that clients send are seen to be."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from graphql import (
    DocumentNode,
    GraphQLSchema,
    KnownOperationTypesRule,
    NoFragmentCyclesRule,
    OverlappingFieldsCanBeMergedRule,
    build_schema,
    parse,
    specified_rules,
    validate,
)

from engine.accepting import Look, look_at
from engine.limits import Limits
from engine.signatures import Signatures
from engine.validating import Merging, Validation
from server import api
from tests.differential.conftest import SCALARS
from tests.differential.generating import Drawing
from tests.engine.breaking import Breaking, names_of
from tests.engine.judged import BROKEN, MERGING, RARE, SCHEMA, SURE

SHORT = 1_000  # characters of a document that is read many times
ROOT = Path(__file__).parents[2]
KNOWN = Signatures(SCHEMA)
WITHOUT_MUTATIONS = build_schema("type Query { cat: Cat } type Cat { name: String }")


def written(*places: str) -> list[str]:
    """The documents in these files, of which some are examples in a text."""
    found: list[str] = []
    for path in (path for place in places for path in sorted(ROOT.glob(place))):
        text = path.read_text()
        found += re.findall(r"```graphql\n(.*?)```", text, re.DOTALL) if path.suffix == ".md" else [text]
    return found


@pytest.fixture(scope="module")
def shop() -> GraphQLSchema:
    return api.build_schema().graphql


@pytest.fixture(scope="module")
def drawn(shop: GraphQLSchema) -> list[str]:
    """Queries and mutations of the shop, most of them valid."""
    texts = []
    for seed in range(150):
        drawing = Drawing(shop, Random(seed), SCALARS)  # noqa: S311  # the same documents in every run
        texts.append(drawing.mutation() if seed % 3 == 0 else drawing.query())
    return texts


@pytest.mark.parametrize("text", SURE)
def test_the_everyday_is_seen_to_be_valid(text: str) -> None:
    assert validate(SCHEMA, parse(text)) == []
    assert look_at(parse(text), KNOWN) is Look.VALID


@pytest.mark.parametrize("text", MERGING)
def test_fields_of_one_name_are_left_to_be_merged(text: str) -> None:
    assert validate(SCHEMA, parse(text)) == []
    assert look_at(parse(text), KNOWN) is Look.VALID_IF_MERGED


@pytest.mark.parametrize("text", RARE)
def test_what_is_rare_is_left_to_the_rules(text: str) -> None:
    assert validate(SCHEMA, parse(text)) == []
    assert look_at(parse(text), KNOWN) is Look.NOT_SURE


@pytest.mark.parametrize(("rule", "text"), BROKEN)
def test_nothing_broken_is_taken_for_valid(rule: type, text: str) -> None:
    schema = WITHOUT_MUTATIONS if rule is KnownOperationTypesRule else SCHEMA

    look = look_at(parse(text), Signatures(schema))

    assert validate(schema, parse(text), [rule])
    assert look is (Look.VALID_IF_MERGED if rule is OverlappingFieldsCanBeMergedRule else Look.NOT_SURE)


def test_every_rule_has_a_document_that_breaks_it() -> None:
    assert {rule for rule, _ in BROKEN} == set(specified_rules)


@pytest.mark.parametrize(("rule", "text"), [one for one in BROKEN if one[0] is not NoFragmentCyclesRule])
def test_a_broken_document_is_told_of_by_the_rules(rule: type, text: str) -> None:
    """But for circles: the limits refuse those before."""
    schema = WITHOUT_MUTATIONS if rule is KnownOperationTypesRule else SCHEMA

    found = Validation(schema, Limits()).errors_of(parse(text))

    # Of a literal with several faults one is told.
    assert {error.message for error in found} <= {error.message for error in validate(schema, parse(text))}
    assert found


def test_a_chain_of_fragments_that_is_too_long_is_not_followed() -> None:
    chain = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(2_000))
    document = parse(f"{{ ...F0 }} {chain} fragment F2000 on Query {{ cat {{ name }} }}")

    assert look_at(document, KNOWN) is Look.NOT_SURE


def test_nothing_is_kept_of_names_that_the_schema_does_not_have() -> None:
    known = Signatures(SCHEMA)

    for number in range(3):
        look_at(parse(f"{{ cat {{ ... on Nope{number} {{ name }} }} }}"), known)

    assert set(known._composites) == {"Query", "Cat"}


def test_what_clients_send_is_seen_to_be_valid(shop: GraphQLSchema) -> None:
    known = Signatures(shop)
    texts = written("bench/documents/*.graphql", "tests/documents/**/*.graphql", "README.md")

    unseen = [text for text in texts if not is_seen(shop, known, parse(text))]

    assert unseen == []
    assert len(texts) > 15


def test_nearly_all_that_is_valid_is_seen_to_be(shop: GraphQLSchema, drawn: Sequence[str]) -> None:
    known = Signatures(shop)
    documents = [parse(text) for text in drawn]

    unseen = [document for document in documents if not is_seen(shop, known, document)]
    missed = [document for document in unseen if not validate(shop, document, max_errors=1)]

    assert len(unseen) < 0.05 * len(documents)
    assert missed == []


def test_what_is_taken_for_valid_is_valid() -> None:
    texts = [Breaking(text, names_of(SCHEMA)) for text in SURE + MERGING + RARE]

    taken = Counter(taken_for(SCHEMA, KNOWN, texts, seed) for seed in range(3_000))

    assert taken[Look.NOT_SURE] > taken[Look.VALID] > taken[Look.VALID_IF_MERGED] > 150


def test_what_is_taken_for_valid_by_the_shop_is_valid(shop: GraphQLSchema, drawn: Sequence[str]) -> None:
    known, names = Signatures(shop), names_of(shop)
    of_clients = written("bench/documents/*.graphql", "tests/documents/*.graphql")
    texts = [Breaking(text, names) for text in [*of_clients, *drawn] if len(text) < SHORT]

    taken = Counter(taken_for(shop, known, texts, seed) for seed in range(1_000))

    assert taken[Look.NOT_SURE] > 400
    assert taken[Look.VALID] > 100
    assert taken[Look.VALID_IF_MERGED] > 100


def taken_for(schema: GraphQLSchema, known: Signatures, texts: Sequence[Breaking], seed: int) -> Look | None:
    """What a document that was broken is taken for, which holds."""
    random = Random(seed)  # noqa: S311  # the same documents in every run
    document = random.choice(texts).broken(random)
    if document is None:
        return None
    look = look_at(document, known)
    if is_seen(schema, known, document):
        assert validate(schema, document) == [], document.loc and document.loc.source.body
    return look


def is_seen(schema: GraphQLSchema, known: Signatures, document: DocumentNode) -> bool:
    """Whether no rule is asked, for the document is seen to be valid."""
    look = look_at(document, known)
    return look is Look.VALID or (look is Look.VALID_IF_MERGED and Merging(schema, document).plain)
