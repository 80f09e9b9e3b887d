import asyncio
import threading
import time
from collections.abc import Iterator

import pytest

from adapters.passwords import Passwords


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    made = Passwords(cost=4, workers=2)
    yield made
    made.close()


async def test_a_password_matches_its_hash_and_no_other(passwords: Passwords) -> None:
    hashed = await passwords.hash("correct horse battery")

    assert hashed.startswith("$2b$04$")
    assert await passwords.verify("correct horse battery", hashed)
    assert not await passwords.verify("correct horse batterz", hashed)


async def test_one_password_has_a_new_hash_each_time(passwords: Passwords) -> None:
    assert await passwords.hash("same") != await passwords.hash("same")


async def test_a_long_password_counts_to_its_last_character(passwords: Passwords) -> None:
    hashed = await passwords.hash("x" * 5000 + "a")

    assert await passwords.verify("x" * 5000 + "a", hashed)
    assert not await passwords.verify("x" * 5000 + "b", hashed)


async def test_a_zero_character_ends_nothing(passwords: Passwords) -> None:
    hashed = await passwords.hash("one\x00two")

    assert not await passwords.verify("one\x00three", hashed)


async def test_an_accent_is_the_same_however_it_was_typed(passwords: Passwords) -> None:
    hashed = await passwords.hash("caf\N{LATIN SMALL LETTER E WITH ACUTE}-kettle")

    assert await passwords.verify("cafe\N{COMBINING ACUTE ACCENT}-kettle", hashed)


@pytest.mark.parametrize("hash", ["", "!", "$2b$12$short", "\x00", "pbkdf2_sha256$1$salt$hash", "zażółć"])
async def test_what_is_no_hash_matches_nothing(passwords: Passwords, hash: str) -> None:
    assert not await passwords.verify("", hash)


async def test_a_hash_of_another_cost_is_understood(passwords: Passwords) -> None:
    dearer = Passwords(cost=5, workers=1)
    hashed = await dearer.hash("secret")
    dearer.close()

    assert hashed.startswith("$2b$05$")
    assert await passwords.verify("secret", hashed)


async def test_nobody_costs_as_much_as_somebody() -> None:
    passwords = Passwords(cost=9, workers=1)
    hashed = await passwords.hash("secret")

    somebody = min([await spent(passwords, hashed) for _ in range(3)])
    nobody = min([await spent(passwords, None) for _ in range(3)])
    unusable = min([await spent(passwords, "!") for _ in range(3)])
    passwords.close()

    assert 0.5 < nobody / somebody < 2
    assert 0.5 < unusable / somebody < 2


async def spent(passwords: Passwords, hash: str | None) -> float:
    began = time.perf_counter()
    if hash is None:
        assert not await passwords.verify_nobody("wrong")
    else:
        assert not await passwords.verify("wrong", hash)
    return time.perf_counter() - began


async def test_a_flood_of_logins_takes_only_so_many_threads_and_leaves_the_loop_free() -> None:
    passwords = Passwords(cost=8, workers=2)
    hashed = await passwords.hash("secret")

    flood = asyncio.gather(*(passwords.verify("secret", hashed) for _ in range(12)))
    turns, busiest = 0, 0
    while not flood.done():
        await asyncio.sleep(0.001)
        turns += 1
        busiest = max(busiest, sum(thread.name.startswith("passwords") for thread in threading.enumerate()))
    passwords.close()

    assert await flood == [True] * 12
    assert busiest <= 4  # two of these, and at most two of a fixture's that is on its way out
    assert turns > 12
