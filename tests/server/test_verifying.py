"""``./run verify``, as it is typed."""

from db.verifying import PROMISES
from server.settings import Settings
from tests.factory import Factory
from tests.markets import Market
from tests.server.test_run import run


async def test_a_sound_shop_is_said_to_be_sound(settings: Settings, factory: Factory) -> None:
    market = await Market.open(factory)
    await market.variant(stock=5)

    code, output, complaints = await run("verify", **environ(settings))

    assert (code, complaints) == (0, "")
    assert "kept    A stock's units on hand are the sum of its movements." in output.splitlines()
    assert output.splitlines()[-1].startswith(f"{len(PROMISES)} promises are kept and 0 broken, in ")


async def test_what_is_broken_is_named(settings: Settings, factory: Factory) -> None:
    market = await Market.open(factory)
    for _ in range(12):
        await market.variant(stock=5)
    await factory.fetch("update stocks set on_hand = 6")

    code, output, _ = await run("verify", "--connections", "1", **environ(settings))

    lines = output.splitlines()
    first = lines.index("BROKEN  A stock's units on hand are the sum of its movements.")
    assert code == 1
    assert lines[first + 1].startswith("        stock ")
    assert lines[first + 1].endswith(": 6, not 5")
    assert lines[first + 11] == "        and 2 more"
    assert lines[-1].startswith(f"{len(PROMISES) - 1} promises are kept and 1 broken, in ")


async def test_the_help_says_what_it_does() -> None:
    code, output, _ = await run("verify", "--help")

    assert code == 0
    assert "Reads only" in output
    assert "--connections" in output


def environ(settings: Settings) -> dict[str, str]:
    return {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "DATA_DIR": str(settings.data_dir),
    }
