"""Whatever somebody does bears their name: in histories, in the ledger, and where it is announced."""

import inspect
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

import pytest

import commands
from commands.shop import Shop
from domain.access import Permission, Viewer
from tests.deeds import ANYBODYS, OWN, PHRASE, STAFFS, World
from tests.factory import Factory
from tests.markets import Market
from tests.worlds import CheapMail

DEEDS = OWN | ANYBODYS | STAFFS
APART = {
    "idempotency_keys.once": "runs a mutation, whose own commands sign",
    "payments.asking.ask": "a step of payments.sessions",
    "payments.errands.ask_for": "a step of payments.records and payments.refunds",
    "payments.errands.carry_out": "a step of payments.records and payments.refunds",
    "payments.errands.record": "a step of payments.records and payments.refunds",
    "payments.errands.run": "a step of payments.records and payments.refunds",
    "payments.openings.open_gateways": "changes nothing",
    "payments.settling.settle": "what a gateway tells, whoever happened to ask",
}
SILENT = {
    "accounts.logins.end_all": "only logins are ended",
    "accounts.mailboxes.request_email_change": "a letter is sent, and nothing changes",
    "accounts.mailboxes.request_deletion": "a letter is sent, and nothing changes",
}
"""What leaves nothing to sign."""
# What was written, and by whom. What a gateway has said is nobody's: the request before it is somebody's.
SIGNED = """
    select 'outbox' as place, kind, (facts ->> 'by')::bigint as user_id,
           (facts ->> 'by_app')::bigint as app_id
      from outbox
     union all
    select 'history', kind, user_id, app_id from order_events
     union all
    select 'ledger', told.kind, told.user_id, told.app_id
      from transaction_events as told
      join transactions as payment on payment.id = told.transaction_id
     where payment.gateway = '' or told.kind like '%_REQUEST'
     union all
    select 'payment', gateway, user_id, app_id from transactions
     union all
    select 'grant', '', user_id, app_id from granted_refunds
"""


@pytest.fixture
async def world(shop: Shop, factory: Factory, mail: CheapMail) -> World:
    market = await Market.open(factory, allow_unpaid_orders=False)
    ada = await factory.user("ada@example.com", password_hash=await shop.passwords.hash(PHRASE))
    return World(shop, market, await market.variant(stock=20), ada, mail)


async def customer(world: World) -> Viewer:
    return Viewer(world.ada.id, world.ada.email)


async def staff(world: World) -> Viewer:
    person = await world.factory.staff()
    return Viewer(person.id, person.email, is_staff=True, permissions=frozenset(Permission))


async def app(world: World) -> Viewer:
    row = await world.factory.app()
    return Viewer(app_id=row.id, token_id=1, permissions=frozenset(Permission))


WHO = {"customer": customer, "staff": staff, "app": app}
CASES = [
    *((name, "customer") for name in [*OWN, *ANYBODYS]),
    *((name, who) for name in [*ANYBODYS, *STAFFS] for who in ("staff", "app")),
]


@pytest.mark.parametrize(("name", "who"), CASES, ids=[f"{name} by {who}" for name, who in CASES])
async def test_whatever_is_done_bears_the_name_of_who_did_it(world: World, name: str, who: str) -> None:
    viewer, deed = await WHO[who](world), await DEEDS[name](world)
    before = await signed(world)

    await deed(viewer)

    written = await signed(world)
    for entry in before:
        written.remove(entry)
    names = {(place, kind): (user_id, app_id) for place, kind, user_id, app_id in written}
    assert names == dict.fromkeys(names, (viewer.user_id, viewer.app_id))
    assert bool(names) == (name not in SILENT)


async def signed(world: World) -> list[tuple[str, str, int | None, int | None]]:
    rows = await world.factory.fetch(SIGNED)
    return [(row.place, row.kind, row.user_id, row.app_id) for row in rows]


def test_every_command_is_tried() -> None:
    assert sorted(given_by_somebody()) == sorted({name.split()[0] for name in DEEDS} | set(APART))


def given_by_somebody() -> Iterator[str]:
    """The commands that are told who gives them."""
    for found in walk_packages(commands.__path__, "commands."):
        module = import_module(found.name)
        for name, function in inspect.getmembers(module, inspect.iscoroutinefunction):
            wanted = inspect.signature(function).parameters
            is_command = function.__module__ == found.name and not name.startswith("_")
            if is_command and next(iter(wanted), None) == "shop" and "viewer" in wanted:
                yield f"{found.name}.{name}".removeprefix("commands.")
