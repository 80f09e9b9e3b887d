"""Answers that are kept: what they are found by, what drops them, and how much room they take."""

from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from engine.caching.answers import WORTH, Answers
from engine.caching.keeping import Keeping, Kept, Key
from engine.caching.ledger import Ledger
from engine.caching.repeated import Known, Repeated
from engine.caching.tags import Tagging, tag, tag_of_lists
from engine.documents import Documents
from engine.invocations import Seen
from engine.operations import Operation
from engine.requests import Encoded, Response
from engine.schema import Schema
from tests.engine.test_policies import Mutation, Query

SCHEMA = Schema(Query, Mutation).graphql
DOCUMENTS = Documents(SCHEMA)
BOOK = "query Book { book { name } }"
A_BOOK = tag("Book", 1)
BOOKS = tag_of_lists("Book")


class Tags(Tagging):
    """Tags an answer with what it is told."""

    def __init__(self, *tags: str) -> None:
        super().__init__(SCHEMA, ["Book"], {}, {})
        self.found = frozenset(tags)

    def tags(self, *_: Any) -> frozenset[str]:
        return self.found


class Line:
    """The line on which changes are heard, as a test says."""

    def __init__(self) -> None:
        self.number: int | None = 1

    def __call__(self) -> int | None:
        return self.number


class Shelf:
    """A shelf that two processes share."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}

    async def get(self, name: str) -> bytes | None:
        return self.values.get(name)

    def put(self, name: str, value: bytes, seconds: int) -> None:
        assert seconds == 60
        self.values[name] = value


@pytest.fixture
def line() -> Line:
    return Line()


def answers_on(line: Line, shelf: Shelf | None = None, *, at: int = 10, release: str = "") -> Answers:
    made = Answers(1 << 20, Tags(A_BOOK), line, shelf, release)
    made.reach(at, made.line)
    return made


def operation(
    text: str = BOOK, name: str | None = None, variables: Mapping[str, Any] | None = None, cost: int = WORTH
) -> Operation:
    document = DOCUMENTS.find(text)
    return Operation(document, document.meant(name), variables or {}, {}, cost)


def told(name: str = "Emma", **more: Any) -> Response:
    data = {"book": {"name": name}}
    return Response(data, encoded=Encoded(orjson.dumps(data)), **more)


def keep(answers: Answers, asked: Operation, response: Response | None = None) -> None:
    key = answers.key(asked)
    assert key is not None
    answers.keep(key, asked, response or told(), answers.begin(), Seen())


def share(answers: Answers, asked: Operation) -> None:
    """Keep an answer, and ask again."""
    keep(answers, asked)
    assert found(answers, asked) is not None


def found(answers: Answers, asked: Operation) -> bytes | None:
    key = answers.key(asked)
    response = answers.find(key) if key else None
    return response.encoded.data if response and response.encoded else None


def test_what_was_kept_is_told_again_with_its_age(line: Line) -> None:
    answers = answers_on(line)

    keep(answers, operation())

    key = answers.key(operation())
    assert key is not None
    response = answers.find(key)
    assert response is not None
    assert (
        response.body() == {"data": orjson.Fragment(b'{"book":{"name":"Emma"}}')}
        or orjson.dumps(response.body()) == b'{"data":{"book":{"name":"Emma"}}}'
    )
    assert response.headers == {"cache-control": "public, max-age=60", "age": "0"}


@pytest.mark.parametrize(
    "other",
    [
        operation(variables={"n": "1"}),
        operation(variables={"n": True}),
        operation(variables={"n": 1.0}),
        operation(variables={"n": None}),
        operation(variables={"n": [1]}),
        operation(variables={"m": 1}),
        operation(variables={}),
        operation("query Book { book { name } } ", variables={"n": 1}),
        operation("query Other { book { name } }", variables={"n": 1}),
    ],
)
def test_nothing_is_taken_for_something_else(line: Line, other: Operation) -> None:
    answers = answers_on(line)

    keep(answers, operation(variables={"n": 1}))

    assert found(answers, other) is None


def test_variables_are_the_same_in_any_order(line: Line) -> None:
    answers = answers_on(line)

    keep(answers, operation(variables={"n": 1, "m": {"a": 1, "b": 2}}))

    assert found(answers, operation(variables={"m": {"b": 2, "a": 1}, "n": 1})) is not None


def test_an_operation_is_itself_whether_it_is_named_or_not(line: Line) -> None:
    answers = answers_on(line)
    two = "query A { book { name } } query B { book { name } }"

    keep(answers, operation(BOOK))
    keep(answers, operation(two, "A"))

    assert found(answers, operation(BOOK, "Book")) is not None
    assert found(answers, operation(two, "B")) is None


@pytest.mark.parametrize("text", ["{ plain { name } }", "{ book { mine } }", "mutation { book { name } }"])
def test_what_is_not_for_everybody_has_no_key(line: Line, text: str) -> None:
    assert answers_on(line).key(operation(text)) is None


def test_files_have_no_key(line: Line) -> None:
    assert answers_on(line).key(operation(variables={"n": object()})) is None


def test_an_answer_that_was_not_seen_whole_is_not_kept(line: Line) -> None:
    answers, asked = answers_on(line), operation()
    key = answers.key(asked)
    assert key is not None

    answers.keep(key, asked, told(), answers.begin(), Seen(is_whole=False))

    assert len(answers) == 0


def test_a_change_drops_the_answers_with_it_in_them_alone(line: Line) -> None:
    answers = answers_on(line)
    keep(answers, operation())
    answers.drop([BOOKS, tag("Book", 2)], 11)
    kept = len(answers)

    answers.drop([A_BOOK], 12)

    assert (kept, len(answers), answers.bytes) == (1, 0, 0)
    assert answers.figures["dropped"] == 1


def test_an_answer_that_was_being_made_when_something_in_it_changed_is_not_kept(line: Line) -> None:
    answers, asked = answers_on(line), operation()
    key = answers.key(asked)
    assert key is not None
    making = answers.begin()

    answers.drop([A_BOOK], 11)
    answers.keep(key, asked, told(), making, Seen())
    late = len(answers)
    answers.reach(11, answers.line)
    keep(answers, asked)

    assert (late, len(answers), answers.figures["unkept"]) == (0, 1, 1)


def test_a_change_that_was_there_before_an_answer_was_made_does_not_drop_it(line: Line) -> None:
    answers = answers_on(line, at=10)
    keep(answers, operation())

    answers.drop([A_BOOK], 9)

    assert len(answers) == 1


def test_nothing_is_told_while_changes_are_not_heard_nor_what_was_kept_before(line: Line) -> None:
    answers, asked = answers_on(line), operation()
    keep(answers, asked)

    line.number = None
    away = answers.key(asked)
    line.number = 2
    back = found(answers, asked)
    keep(answers, asked)
    unknown = len(answers)
    answers.reach(20, answers.line)
    keep(answers, asked)

    assert (away, back, unknown, len(answers)) == (None, None, 0, 1)


def test_a_line_that_was_lost_and_found_again_unseen_is_another(line: Line) -> None:
    answers, asked = answers_on(line), operation()
    keep(answers, asked)
    key = answers.key(asked)
    making = answers.begin()
    assert key is not None

    line.number = 2
    answers.reach(10, answers.line)
    answers.keep(key, asked, told(), making, Seen())

    assert found(answers, asked) is None


def test_where_the_history_ends_is_not_known_by_a_look_from_before_the_line(line: Line) -> None:
    answers = Answers(1 << 20, Tags(A_BOOK), line)
    before = answers.line

    line.number = 2
    answers.reach(10, before)

    assert not answers.is_keeping


async def test_processes_share_what_has_not_changed(line: Line) -> None:
    shelf, asked = Shelf(), operation()
    one, other = answers_on(line, shelf), answers_on(line, shelf)
    share(one, asked)
    key = other.key(asked)
    assert key is not None

    response = await other.fetch(key, asked)

    assert response is not None
    assert response.encoded == Encoded(b'{"book":{"name":"Emma"}}')
    assert len(other) == 1


def test_what_is_asked_once_is_not_shared(line: Line) -> None:
    shelf = Shelf()

    keep(answers_on(line, shelf), operation())

    assert shelf.values == {}


def test_what_is_made_at_once_is_not_shared(line: Line) -> None:
    shelf = Shelf()

    share(answers_on(line, shelf), operation(cost=WORTH - 1))

    assert shelf.values == {}


async def test_a_copy_from_before_a_change_is_not_used(line: Line) -> None:
    shelf, asked = Shelf(), operation()
    one, other = answers_on(line, shelf), answers_on(line, shelf)
    share(one, asked)
    key = other.key(asked)
    assert key is not None

    other.drop([A_BOOK], 11)

    assert await other.fetch(key, asked) is None


async def test_a_copy_from_before_anything_is_known_is_not_used(line: Line) -> None:
    shelf, asked = Shelf(), operation()
    one, other = answers_on(line, shelf, at=10), answers_on(line, shelf, at=11)
    share(one, asked)
    key = other.key(asked)
    assert key is not None

    assert await other.fetch(key, asked) is None


async def test_a_process_of_another_release_has_answers_of_its_own(line: Line) -> None:
    shelf, asked = Shelf(), operation()
    one, other = answers_on(line, shelf), answers_on(line, shelf, release="next")
    share(one, asked)
    key = other.key(asked)
    assert key is not None

    assert await other.fetch(key, asked) is None


@pytest.mark.parametrize("value", [b"", b"nonsense", b"[1,2]\n{}", b'["a",1,60,[]]\n{}', b"[0,10,60,[]]\n{}"])
async def test_what_nobody_of_us_has_written_is_not_used(line: Line, value: bytes) -> None:
    shelf, asked = Shelf(), operation()
    answers = answers_on(line, shelf)
    share(answers, asked)
    shelf.values = dict.fromkeys(shelf.values, value)
    key = answers.key(asked)
    assert key is not None

    assert await answers.fetch(key, asked) is None


def test_the_room_is_bounded_and_those_unused_for_longest_go_first() -> None:
    keeping = Keeping(100_000)
    for number in range(100):
        keeping.put(key_of(number), kept_of(2_000, f"Book:{number}", BOOKS))
        keeping.get(key_of(0))

    assert keeping.bytes <= 100_000
    assert keeping.get(key_of(0)) is not None
    assert keeping.get(key_of(1)) is None
    assert keeping.get(key_of(99)) is not None
    number = len(keeping)
    assert keeping.drop(["Book:99"], 2) == 1
    assert keeping.drop([BOOKS], 2) == number - 1
    assert (len(keeping), keeping.bytes, keeping._by_tag) == (0, 0, {})


def test_an_answer_that_would_take_most_of_the_room_is_not_kept() -> None:
    keeping = Keeping(100_000)

    keeping.put(key_of(1), kept_of(10_000, BOOKS))

    assert len(keeping) == 0


def test_a_ledger_forgets_the_oldest_changes_and_then_trusts_nothing_from_before() -> None:
    ledger = Ledger(most=2)
    ledger.begin(0)
    ledger.note(["a"], 1)
    ledger.note(["b"], 2)
    known = ledger.is_fresh(["c"], 0)
    ledger.note(["c"], 3)

    assert known
    assert not ledger.is_fresh(["d"], 0)
    assert ledger.is_fresh(["d"], 1)
    assert not ledger.is_fresh(["b"], 1)


def key_of(number: int) -> Key:
    return Key(b"document", "Book", str(number).encode())


def kept_of(size: int, *tags: str) -> Kept:
    return Kept(Encoded(b"x" * size), 60, 0.0, 1, frozenset(tags))


def test_bodies_are_remembered_as_long_as_there_is_room() -> None:
    repeated = Repeated(room=10_000)
    for number in range(20):
        repeated.remember(str(number).encode(), Known(key_of(number), "Book", 1))
    repeated.remember(b" " * 20_000, Known(key_of(20), "Book", 1))

    assert len(repeated) == 9
    assert (repeated.get(b"0"), repeated.get(b" " * 20_000)) == (None, None)
    assert repeated.get(b"19") == Known(key_of(19), "Book", 1)
