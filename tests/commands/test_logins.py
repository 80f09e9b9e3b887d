"""Logins: guesses are slowed down, tokens go on once, and a thief ends it."""

import asyncio

import pytest

from adapters.tokens import TokenInvalid
from commands.accounts import logins, passwords
from commands.shop import Shop
from domain.access import Viewer
from domain.accounts import Inactive, InvalidCredentials, NotConfirmed
from domain.attempts import LoginDelayed
from tests.factory import AnyRow, Factory
from tests.worlds import Clock

PHRASE = "correct horse battery"


async def customer(shop: Shop, factory: Factory, email: str = "ada@example.com", **values: object) -> AnyRow:
    return await factory.user(email, password_hash=await shop.passwords.hash(PHRASE), **values)


async def outcome(attempt: object) -> str:
    """The name of what an attempt came to."""
    try:
        await attempt  # type: ignore[misc]  # a coroutine, made by the test
    except Exception as error:  # noqa: BLE001 - the test compares its name
        return type(error).__name__
    return "good"


async def test_a_login_is_by_the_address_in_any_spelling(shop: Shop, factory: Factory) -> None:
    person = await customer(shop, factory)

    session = await logins.log_in(shop, " Ada@EXAMPLE.com ", PHRASE)

    claims = await logins.verify(shop, session.access)
    assert (session.user_id, claims.user_id, claims.is_staff) == (person.id, str(person.id), False)
    assert await factory.value("select last_login is not null from users") is True


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ada@example.com", "wrong"),
        ("nobody@example.com", PHRASE),
        ("no address", PHRASE),
        ("ada@example.com\0", PHRASE),
    ],
)
async def test_a_wrong_pair_is_refused_in_one_way(
    shop: Shop, factory: Factory, email: str, password: str
) -> None:
    await customer(shop, factory)

    with pytest.raises(InvalidCredentials) as refusal:
        await logins.log_in(shop, email, password)

    assert refusal.value.field == "email"


async def test_an_account_without_a_password_lets_nobody_in(shop: Shop, factory: Factory) -> None:
    await factory.user("ada@example.com")

    with pytest.raises(InvalidCredentials):
        await logins.log_in(shop, "ada@example.com", "")


async def test_whoever_may_not_log_in_learns_why_only_with_the_password(shop: Shop, factory: Factory) -> None:
    await customer(shop, factory, "off@example.com", is_active=False)
    await customer(shop, factory, "new@example.com", awaits_confirmation=True)

    with pytest.raises(Inactive):
        await logins.log_in(shop, "off@example.com", PHRASE)
    with pytest.raises(NotConfirmed):
        await logins.log_in(shop, "new@example.com", PHRASE)
    with pytest.raises(InvalidCredentials):
        await logins.log_in(shop, "off@example.com", "wrong")


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com"])
async def test_wrong_passwords_delay_the_next_try_whoever_has_the_address(
    shop: Shop, factory: Factory, clock: Clock, email: str
) -> None:
    await customer(shop, factory)

    came_to = [await outcome(logins.log_in(shop, email, "wrong")) for _ in range(6)]
    clock.forward(seconds=3)
    came_to.append(await outcome(logins.log_in(shop, email, "wrong")))
    came_to.append(await outcome(logins.log_in(shop, email, PHRASE)))

    assert came_to == ["InvalidCredentials"] * 5 + ["LoginDelayed", "InvalidCredentials", "LoginDelayed"]


async def test_guesses_at_once_are_counted_like_guesses_in_a_row(shop: Shop, factory: Factory) -> None:
    await customer(shop, factory)

    came_to = await asyncio.gather(
        *(outcome(logins.log_in(shop, "ada@example.com", f"guess {n}")) for n in range(20))
    )

    assert sorted(came_to) == ["InvalidCredentials"] * 5 + ["LoginDelayed"] * 15


async def test_a_good_login_clears_the_count(shop: Shop, factory: Factory) -> None:
    await customer(shop, factory)
    for _ in range(4):
        await outcome(logins.log_in(shop, "ada@example.com", "wrong"))

    await logins.log_in(shop, "ada@example.com", PHRASE)

    assert await factory.value("select count(*) from attempts") == 0


async def test_old_counts_are_swept_away(shop: Shop, factory: Factory, clock: Clock) -> None:
    for number in range(3):
        await outcome(logins.log_in(shop, f"nobody-{number}@example.com", "wrong"))

    clock.forward(days=2)
    await outcome(logins.log_in(shop, "another@example.com", "wrong"))

    assert [row.email for row in await factory.fetch("select email from attempts")] == ["another@example.com"]


async def test_a_refresh_without_rotation_leaves_the_token_good(shop: Shop, factory: Factory) -> None:
    await customer(shop, factory)
    begun = await logins.log_in(shop, "ada@example.com", PHRASE, audience="reports")

    for _ in range(3):
        gone_on = await logins.refresh(shop, begun.refresh, rotate=False)
        assert gone_on.refresh is None
        assert (await logins.verify(shop, gone_on.access)).user_id == str(begun.user_id)
    assert shop.tokens.read_refresh(begun.refresh).audience == "reports"


async def test_a_spent_token_that_comes_back_ends_the_login(
    shop: Shop, factory: Factory, clock: Clock
) -> None:
    await customer(shop, factory)
    begun = await logins.log_in(shop, "ada@example.com", PHRASE)
    second = await logins.refresh(shop, begun.refresh, rotate=True)
    other = await logins.log_in(shop, "ada@example.com", PHRASE)
    clock.forward(seconds=11)

    with pytest.raises(TokenInvalid):
        await logins.refresh(shop, begun.refresh, rotate=True)

    with pytest.raises(TokenInvalid):
        await logins.refresh(shop, second.refresh, rotate=True)
    with pytest.raises(TokenInvalid):
        await logins.verify(shop, second.access)
    assert (await logins.refresh(shop, other.refresh, rotate=True)).user_id == begun.user_id


async def test_of_many_refreshes_at_once_one_wins_and_the_login_goes_on(shop: Shop, factory: Factory) -> None:
    await customer(shop, factory)
    begun = await logins.log_in(shop, "ada@example.com", PHRASE)

    answers = await asyncio.gather(
        *(logins.refresh(shop, begun.refresh, rotate=True) for _ in range(8)), return_exceptions=True
    )

    (won,) = [answer for answer in answers if isinstance(answer, logins.Session)]
    assert [type(answer) for answer in answers if answer is not won] == [TokenInvalid] * 7
    assert (await logins.refresh(shop, won.refresh, rotate=True)).user_id == begun.user_id


async def test_a_deactivated_user_cannot_go_on(shop: Shop, factory: Factory) -> None:
    person = await customer(shop, factory)
    begun = await logins.log_in(shop, "ada@example.com", PHRASE)
    await factory.fetch("update users set is_active = false where id = $1", person.id)

    with pytest.raises(TokenInvalid):
        await logins.refresh(shop, begun.refresh, rotate=True)


async def test_ending_all_logins_ends_every_token(shop: Shop, factory: Factory) -> None:
    person = await customer(shop, factory)
    begun = [await logins.log_in(shop, "ada@example.com", PHRASE) for _ in range(2)]

    await logins.end_all(shop, Viewer(person.id, person.email))

    for session in begun:
        with pytest.raises(TokenInvalid):
            await logins.verify(shop, session.access)
        with pytest.raises(TokenInvalid):
            await logins.refresh(shop, session.refresh, rotate=False)


async def test_logins_that_are_over_are_tidied_away_by_the_next(
    shop: Shop, factory: Factory, clock: Clock
) -> None:
    person = await customer(shop, factory)
    await logins.log_in(shop, "ada@example.com", PHRASE)
    clock.forward(days=31)
    await logins.log_in(shop, "ada@example.com", PHRASE)
    await logins.end_all(shop, Viewer(person.id, person.email))

    await logins.log_in(shop, "ada@example.com", PHRASE)

    assert await factory.value("select count(*) from token_families") == 1


async def test_a_login_that_races_a_new_password_is_good_for_nothing(shop: Shop, factory: Factory) -> None:
    person = await customer(shop, factory)
    viewer = Viewer(person.id, person.email)

    begun, _ = await asyncio.gather(
        logins.log_in(shop, "ada@example.com", PHRASE),
        passwords.change(shop, viewer, "another good phrase", PHRASE),
    )

    # Whichever was first: a token of the old password does not survive the change.
    with pytest.raises(TokenInvalid):
        await logins.verify(shop, begun.access)


def test_a_delay_has_the_code_of_the_dialect() -> None:
    assert LoginDelayed().code == "LOGIN_ATTEMPT_DELAYED"
