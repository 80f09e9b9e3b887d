"""What is sent again by hand is all that was sent."""

import pytest

from bench.replaying import recorded, replay
from db.pool import Database
from db.statements import Statement

MADE = Statement("select cast(:text as text) as made")
CHANGED = Statement("update channels set name = :name where slug = :slug")


@pytest.mark.parametrize("times", [1, 2], ids=["met first", "known"])
async def test_every_statement_is_kept_whichever_way_it_goes(database: Database, times: int) -> None:
    async with database.read() as connection:
        for _ in range(times - 1):
            await MADE.value(connection, text="before")
            await CHANGED.run(connection, name="W", slug="none")
        with recorded() as steps:
            await MADE.value(connection, text="now")
            await CHANGED.run(connection, name="W", slug="none")
            await connection.execute("select 1")
        await replay(connection, steps, {})

    assert [(step.text, step.arguments) for step in steps] == [
        (MADE.text, ("now",)),
        (CHANGED.text, ("W", "none")),
        ("select 1", ()),
    ]
