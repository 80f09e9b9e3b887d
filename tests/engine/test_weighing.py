"""How long an answer is, without writing it."""

from typing import Any

import orjson
import pytest

from engine.executor import Executor
from engine.loading import Loading
from engine.requests import GraphQLRequest, Response
from engine.weighing import is_too_long
from tests.engine.library import SCHEMA, Calls, Context

ROW = {"name": "x" * 30, "words": "y" * 400, "count": 3, "nothing": None}


@pytest.mark.parametrize(
    "data",
    [
        {"rows": [dict(ROW) for _ in range(200)]},
        {"rows": [ROW] * 200},
        {"rows": [{"below": {"rows": [ROW] * 20}}] * 10},
        {"text": "z" * 100_000},
    ],
)
def test_it_is_about_as_long_as_what_is_written(data: dict[str, Any]) -> None:
    written = len(orjson.dumps(data))

    assert is_too_long(data, written * 3 // 4)
    assert not is_too_long(data, written * 5 // 4)


def test_what_stands_in_it_often_is_looked_at_once() -> None:
    data: Any = ROW
    for _ in range(30):
        data = {"a": [data] * 100}  # 100 to the power of 30 rows

    assert is_too_long(data)


def test_what_is_too_deep_to_be_written_is_left_to_who_writes_it() -> None:
    data: Any = "x"
    for _ in range(100_000):
        data = [data]

    assert not is_too_long({"json": data})


async def test_an_answer_that_is_too_long_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.running.WEIGHED_FROM", 0)
    monkeypatch.setattr("engine.running.is_too_long", lambda data: is_too_long(data, 500))
    executor = Executor(SCHEMA.graphql, lambda _: None)

    async def ask(number: int) -> Response:
        names = " ".join(f"a{name}: label" for name in range(number))
        request = GraphQLRequest(f"{{ shelves(ids: [1, 2, 3]) {{ {names} books {{ id }} }} }}")
        return await executor.execute(request, Context(Loading(Calls())))

    short, long = await ask(1), await ask(19)
    names = " ".join(f"a{name}: label" for name in range(60))
    put = GraphQLRequest(f"mutation {{ put(shelf: 1) {{ {names} }} }}")
    done = await executor.execute(put, Context(Loading(Calls())))

    assert not short.errors
    assert long.data is None
    assert [error["extensions"]["code"] for error in long.errors] == ["GRAPHQL_LIMIT_EXCEEDED"]
    assert done.errors[0]["message"].startswith("The mutation was done. ")
