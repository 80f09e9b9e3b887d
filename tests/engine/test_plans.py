"""Plans: the same answers as the reference executor, with one call for each level."""

from asyncio import gather
from threading import get_ident
from typing import Any

import orjson
import pytest
from graphql import parse
from graphql.execution import Executor as Execution

from engine.executor import Executor
from engine.invocations import Invocation
from engine.limits import Limits
from engine.loading import Loading
from engine.plans import Plans, Shelf, functions, memory
from engine.plans.plan import compile_plan
from engine.plans.shelf import MOST_CHOICES
from engine.requests import GraphQLRequest, Response
from tests.engine.following import answers_to
from tests.engine.library import SCHEMA, Calls, Context, Made

Heard = list[tuple[str, list[Any]]]

DOCUMENTS = [
    "{ shelves(ids: [1, 2, 3]) { __typename id label loud(times: 3) } }",
    "{ shelves(ids: [1, 9]) { label loud } }",
    "{ shelves(ids: []) { id books { id } } }",
    '{ shelves(ids: [1, 2]) { books { id price(currency: "USD") shelf { id label books { id } } } } }',
    "{ a: shelves(ids: [1]) { id } b: shelves(ids: [2]) { id } a: shelves(ids: [1]) { label } }",
    '{ things { __typename id ... on Book { title(language: "de") price } ... on Shelf { label } } }',
    """
    { things { ...T } }
    fragment T on Thing { id ... on Book { shelf { ...S } } }
    fragment S on Shelf { label }
    """,
    "query ($t: Int!) { shelves(ids: [1]) { loud(times: $t) } }",
    "query ($yes: Boolean!) { shelves(ids: [4]) { id @include(if: $yes) label @skip(if: $yes) } }",
    "query ($yes: Boolean!) { shelves(ids: [4]) { ... @include(if: $yes) { id books { id } } label } }",
    "{ shelves(ids: [1, 9]) { id name } }",
    "{ shelves(ids: [1, 2]) { id first { id } } }",
    "{ shelves(ids: [1, 3]) { id first { id } } nameless { id name } }",
    "{ lost { id } }",
    "{ nameless { id } lost { id } }",
    "{ stranger { id } }",
    "{ shelves(ids: [3]) { books { cost { __typename spare { cents } } kept { cents spare { cents } } } } }",
    "{ shelves(ids: [2]) { books { cost { needed { cents } } } } }",
    "{ shelves(ids: [3]) { books { kept { needed { cents } } } } }",
    "mutation { a: put(shelf: 1) { books { id } } b: put(shelf: 2) { books { id } } }",
    "mutation { a: put(shelf: 7) { id name } b: put(shelf: 2) { id } }",
    "{ shelves(ids: [1, 2]) { stack { id shelf { label } } } }",
    "query ($yes: Boolean!) { lent { id shelf { id label @include(if: $yes) } } }",
    "{ __schema { queryType { name } } }",
    "{ __typename }",
    "{ a: __typename shelves(ids: [1]) { id } b: __typename }",
    "mutation { __typename put(shelf: 1) { id } }",
    "query ($yes: Boolean!) { __typename @skip(if: $yes) nameless { id name } }",
]
VARIABLES = [{"t": 2, "yes": True}, {"t": 0, "yes": False}]


async def run(document: str, variables: dict[str, Any], *, planning: bool) -> tuple[Response, Heard, str]:
    """The answer, what was asked of the loaders, and how the operation was run."""
    executor = Executor(SCHEMA.graphql, lambda _: None, debug=True)
    executor.runner.planning = planning
    calls = Calls()
    known = {name: value for name, value in variables.items() if f"${name}:" in document}
    request = GraphQLRequest(document, variables=known)
    response = await executor.execute(request, Context(Loading(calls)))
    (how,) = executor.runner.runs
    return response, calls.heard, how


def without_ids(response: Response) -> dict[str, Any]:
    """The body, without the ids under which faults are logged."""
    body: dict[str, Any] = orjson.loads(orjson.dumps(response.body()))
    for error in body.get("errors", []):
        error["extensions"].pop("id", None)
    return body


@pytest.mark.parametrize("variables", VARIABLES)
@pytest.mark.parametrize("document", DOCUMENTS)
async def test_a_plan_answers_as_the_reference_does(document: str, variables: dict[str, Any]) -> None:
    planned, _, _ = await run(document, variables, planning=True)
    reference, _, how = await run(document, variables, planning=False)

    assert how == "reference"
    assert without_ids(planned) == without_ids(reference)
    assert orjson.dumps(planned.body()["data"]) == orjson.dumps(reference.data), (
        "keys stand in the same order"
    )


@pytest.mark.parametrize(
    ("document", "how"),
    [
        ("{ shelves(ids: [1, 2]) { books { id price } } }", "plan"),
        ('{ things { id ... on Book { title(language: "de") } } }', "plan"),
        ("{ shelves(ids: [9]) { name } }", "retreat"),
        ("{ lost { id } }", "retreat"),
        ("{ __schema { queryType { name } } }", "schema"),
        ("{ __typename }", "plan"),
    ],
)
async def test_it_is_known_how_an_operation_was_run(document: str, how: str) -> None:
    assert (await run(document, {}, planning=True))[2] == how


async def test_a_level_is_one_call_with_all_its_keys() -> None:
    _, heard, how = await run(
        "{ shelves(ids: [1, 2]) { books { shelf { books { price } } } } }", {}, planning=True
    )

    assert how == "plan"
    assert heard == [("books", [1, 2]), ("shelves", [1, 2]), ("price", [11, 21, 22])]


async def test_what_follows_from_few_columns_is_made_once_for_equal_ones() -> None:
    Made.amounts.clear()

    response, _, how = await run(
        "{ shelves(ids: [2, 2, 3]) { books { id kept { cents spare { cents } } } } }", {}, planning=True
    )

    assert how == "plan"
    assert Made.amounts == [100, 200, 300]
    assert response.data is not None
    shown = [book["kept"] for shelf in response.data["shelves"] for book in shelf["books"]]
    assert [one["cents"] for one in shown] == [100, 200, 100, 200, 100, 200, 300]
    assert [one["spare"] for one in shown[4:]] == [None, {"cents": 0}, {"cents": 100}]


async def test_two_places_keep_what_they_select_apart() -> None:
    response, _, _ = await run(
        "{ shelves(ids: [1]) { books { a: kept { cents } b: kept { spare { cents } } } } }", {}, planning=True
    )

    assert response.data == {"shelves": [{"books": [{"a": {"cents": 100}, "b": {"spare": None}}]}]}


def test_only_so_much_is_kept() -> None:
    for number in range(memory.MOST + 10):
        memory.keep(("a test", number), number)

    assert memory.kept(("a test", memory.MOST + 9)) == memory.MOST + 9
    assert memory.kept(("a test", 0)) is None


async def test_two_places_of_one_level_share_a_call() -> None:
    _, heard, _ = await run(
        "{ shelves(ids: [1]) { a: books { id } b: books { price } } c: shelves(ids: [3]) { books { id } } }",
        {},
        planning=True,
    )

    assert heard[0] == ("books", [1, 3])
    assert [name for name, _ in heard].count("books") == 1


async def test_what_was_read_before_a_retreat_is_not_read_again() -> None:
    _, heard, how = await run("{ shelves(ids: [1, 9]) { name books { id } } }", {}, planning=True)

    assert how == "retreat"
    assert heard == [("books", [1, 9])]


async def test_a_root_field_runs_once_however_its_operation_ends() -> None:
    _, heard, how = await run(
        "mutation { a: put(shelf: 7) { id name } b: put(shelf: 2) { id } }", {}, planning=True
    )

    assert how == "retreat"
    assert heard == [("put", [7]), ("put", [2])]


async def test_a_mutation_is_answered_before_the_next_begins_whatever_becomes_of_that() -> None:
    response, heard, how = await run(
        "mutation { a: put(shelf: 1) { books { id } } b: put(shelf: 7) { name } }", {}, planning=True
    )

    assert how == "retreat"
    assert heard == [("put", [1]), ("books", [1]), ("put", [7])]
    assert response.data == {"a": {"books": [{"id": 11}]}, "b": None}


async def test_a_root_field_that_fails_leaves_its_neighbours_to_the_plan() -> None:
    response, heard, how = await run(
        "{ shelves(ids: [1]) { books { price } } nameless { name } }", {}, planning=True
    )

    assert how == "retreat"
    assert [name for name, _ in heard].count("price") == 1
    assert response.data == {"shelves": [{"books": [{"price": "100 EUR"}]}], "nameless": None}


async def test_every_event_of_a_subscription_runs_by_plan() -> None:
    executor = Executor(SCHEMA.graphql, lambda _: None, debug=True)
    heard: list[Calls] = []

    async def make_context() -> Context:
        heard.append(Calls())
        return Context(Loading(heard[-1]))

    query = "subscription { arrivals(shelf: 1) { name books { id } } }"
    answers = [answer async for answer in answers_to(executor, query, make_context)]

    assert answers[0].data == {"arrivals": {"name": "Shelf 1", "books": [{"id": 11}]}}
    assert [error["path"] for error in answers[1].errors] == [["arrivals", "name"]]
    assert executor.runner.runs == {"plan": 1, "retreat": 1}
    assert [calls.heard for calls in heard[1:]] == [[("arrived", [1]), ("books", [1])]] * 2


async def test_selections_of_one_shape_are_compiled_once_and_keep_their_names() -> None:
    text = "{ shelves(ids: [1]) { #: id name books { cents#: cost { spare { of#: cents } } #a: id } } }"
    executor = Executor(SCHEMA.graphql, lambda _: None, limits=Limits(cost=10**9))
    context = Context(Loading(Calls()))
    shown = []
    compiled = []
    for name in ("x", "y", "x"):
        request = GraphQLRequest(text.replace("#", name))
        shown.append((await executor.execute(request, context)).data)
        compiled.append(functions.compiled().misses)

    assert compiled[1:] == [compiled[0]] * 2
    for name, data in zip(("x", "y", "x"), shown, strict=True):
        book = {f"cents{name}": {"spare": None}, f"{name}a": 11}
        assert data == {"shelves": [{name: 1, "name": "Shelf 1", "books": [book]}]}


async def test_a_document_too_large_for_a_plan_runs_by_reference() -> None:
    below = " ".join(f"b{number}: shelf {{ id }}" for number in range(50))
    text = f"{{ shelves(ids: [1]) {{ {' '.join(f'a{n}: books {{ {below} }}' for n in range(50))} }} }}"
    generous = Limits(tokens=20_000, selections=10_000, aliases=5_000, cost=10**9)
    executor = Executor(SCHEMA.graphql, lambda _: None, debug=True, limits=generous)

    response = await executor.execute(GraphQLRequest(text), Context(Loading(Calls())))

    assert response.data is not None
    assert executor.runner.runs == {"reference": 1}
    assert executor.unsupported == {"size": 1}


async def test_the_plan_of_a_long_document_is_made_once_and_beside_the_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made_by: list[int] = []

    def compiling(*given: Any) -> Any:
        made_by.append(get_ident())
        return compile_plan(*given)

    monkeypatch.setattr("engine.plans.shelf.compile_plan", compiling)
    executor = Executor(SCHEMA.graphql, lambda _: None)
    asked = [
        GraphQLRequest(text)
        for text in ("{ shelves(ids: [1]) { id } }", "{ shelves(ids: [1]) { id } } #" + "a" * 1_000)
        for _ in range(2)
    ]

    answers = await gather(*(executor.execute(one, Context(Loading(Calls()))) for one in asked))

    assert [answer.data for answer in answers] == [{"shelves": [{"id": 1}]}] * 4
    assert made_by.count(get_ident()) == 1
    assert 1 <= len(made_by) - 1 <= 2  # both may begin before either is there
    await executor.execute(asked[-1], Context(Loading(Calls())))
    assert len(made_by) <= 3


async def test_a_plan_whose_document_is_forgotten_while_it_is_made_is_counted_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = parse("{ shelves(ids: [1]) { id } }")
    execution = Execution.build(SCHEMA.graphql, document)
    assert isinstance(execution, Execution)
    shelf = Shelf()
    plans = Plans(document, shelf, is_long=True)

    def compiling(*given: Any) -> Any:
        plans.outlive(500)
        return compile_plan(*given)

    monkeypatch.setattr("engine.plans.shelf.compile_plan", compiling)
    plan = await plans.meet(Invocation.of(execution))

    assert plan is not None
    assert shelf._size == 500 + 2 + plan.size


def test_plans_longest_unused_make_room_for_others() -> None:
    document = parse("{ shelves(ids: [1]) { books { shelf { id } } } }")
    execution = Execution.build(SCHEMA.graphql, document)
    assert isinstance(execution, Execution)
    invocation = Invocation.of(execution)
    shelf = Shelf(most=10)  # two plans of three selections, and two for each plan
    first, second, third = (Plans(document, shelf) for _ in range(3))
    kept = [first.find(invocation), second.find(invocation)]

    assert [first.find(invocation), second.find(invocation)] == kept
    first.find(invocation)
    third.find(invocation)
    assert first.find(invocation) is kept[0]
    assert second.find(invocation) is not kept[1]


async def test_a_key_that_a_directive_is_given_is_no_choice_of_fields() -> None:
    executor = Executor(SCHEMA.graphql, lambda _: None)
    document = "mutation ($key: String!) @idempotent(key: $key) { put(shelf: 1) { id } }"

    for number in range(MOST_CHOICES + 1):
        request = GraphQLRequest(document, variables={"key": f"key {number}"})
        await executor.execute(request, Context(Loading(Calls())))

    assert executor.runner.runs == {"plan": MOST_CHOICES + 1}
    assert len(executor._documents._shelf._plans) == 1


async def test_a_document_of_many_choices_keeps_the_plans_of_the_last() -> None:
    executor = Executor(SCHEMA.graphql, lambda _: None)
    document = """
    query ($a: Boolean!, $b: Boolean!, $c: Boolean!, $d: Boolean!, $e: Boolean!) {
      shelves(ids: [1]) {
        id
        a: label @include(if: $a) b: label @skip(if: $b) c: label @include(if: $c)
        ... @include(if: $d) { d: label } ... @skip(if: $e) { e: label }
      }
    }
    """
    for number in range(2**5):
        variables = {name: bool(number >> place & 1) for place, name in enumerate("abcde")}
        answer = await executor.execute(
            GraphQLRequest(document, variables=variables), Context(Loading(Calls()))
        )
        assert answer.data is not None
        (shelf,) = answer.data["shelves"]
        assert [name for name in "abcde" if name in shelf] == [
            name for name in "abcde" if variables[name] is not (name in "be")
        ]

    assert executor.runner.runs == {"plan": 2**5}
    assert len(executor._documents._shelf._plans) == MOST_CHOICES
