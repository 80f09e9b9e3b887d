"""What callers may ask for: limits and budgets by who they are, and the documents that are served by hash."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network

from adapters.budgets import SharedBuckets
from adapters.documents import SharedDocuments
from commands.shop import Shop
from db import outbox
from engine.budgets import Admission, Budget, Caller, Counted
from engine.charging import Accounts
from engine.executor import Executor
from engine.limits import Extent, Limits
from engine.manifests import BadManifest, trusted_documents
from engine.persisted import Persisted
from schema.context import Context
from server.settings import Settings, SettingsError

LOGINS = ("tokenCreate", "passwordChange", "setPassword", "accountDelete", "requestEmailChange")
LETTERS = ("requestPasswordReset", "accountRegister", "accountRequestDeletion", "confirmAccount")
CODES = ("checkoutAddPromoCode",)
MINUTE = 60.0


@asynccontextmanager
async def guarding(settings: Settings, shop: Shop, executor: Executor) -> AsyncIterator[None]:
    """Let ``executor`` admit operations by budgets, and share what it learns, while the block runs."""
    async with AsyncExitStack() as stack, shop.db.read() as connection:
        name = await outbox.shop_name(connection)
        buckets = None
        counted = counted_fields(settings)
        if settings.cost_budget or counted:
            buckets = SharedBuckets(settings.redis_url, name)
            stack.push_async_callback(buckets.close)
        if settings.cost_budget and buckets is not None:
            executor.runner.accounts = accounts = Accounts(buckets)
            stack.push_async_callback(accounts.close)
        executor.runner.admission = Admission(callers(settings), buckets, counted)
        if settings.automatic_documents:
            executor.persisted.shelf = documents = SharedDocuments(settings.redis_url, name)
            stack.push_async_callback(documents.close)
        guards = stack.pop_all()
    async with guards:
        yield


def persisted(settings: Settings) -> Persisted:
    """The documents that may be asked for by hash. Raises ``SettingsError`` where their list is no good."""
    try:
        trusted = trusted_documents(settings.trusted_documents) if settings.trusted_documents else {}
    except BadManifest as bad:
        raise SettingsError(f"TRUSTED_DOCUMENTS cannot be used: {bad}") from bad
    return Persisted(
        trusted,
        only_trusted=settings.only_trusted_documents,
        automatic=settings.automatic_documents,
    )


def limits(settings: Settings) -> Limits:
    """How large documents may be, and those of guests."""
    return Limits(
        tokens=settings.document_tokens,
        depth=settings.document_depth,
        selections=settings.document_selections,
        aliases=settings.document_aliases,
        root_fields=settings.document_root_fields,
        guests=Extent(
            tokens=settings.document_tokens_guest,
            depth=settings.document_depth_guest,
            selections=settings.document_selections_guest,
            aliases=settings.document_aliases_guest,
            root_fields=settings.document_root_fields_guest,
        ),
        suggestions=settings.introspection == "everyone",
    )


def counted_fields(settings: Settings) -> dict[str, Counted]:
    """Root fields of which one caller may have only so many a minute: whoever guesses needs many."""
    found: dict[str, Counted] = {}
    for group, fields, number in (
        ("logins", LOGINS, settings.login_budget),
        ("letters", LETTERS, settings.login_budget),
        ("codes", CODES, settings.code_budget),
    ):
        if number:
            found |= dict.fromkeys(fields, Counted(group, Budget(number, number / MINUTE)))
    return found


def callers(settings: Settings) -> Callable[[Context], Caller]:
    """How a context's caller is named, and what that caller may have."""
    budget = Budget(settings.cost_budget, settings.cost_restored) if settings.cost_budget else None
    networks = [ip_network(network) for network in settings.unmetered_networks]

    @lru_cache(maxsize=10_000)
    def place(address: str) -> tuple[str, bool]:
        """The name of a guest at this address, and whether budgets count there."""
        try:
            found = ip_address(address)
        except ValueError:  # a unix socket, behind a proxy that names nobody
            return f"address:{address}", True
        if isinstance(found, IPv6Address):
            found = found.ipv4_mapped or found
        metered = not any(found in network for network in networks)
        if isinstance(found, IPv6Address):  # whoever has one has the 2**64 beside it
            return f"address:{IPv6Network((found, 64), strict=False)}", metered
        return f"address:{found}", metered

    def budgeted(name: str, limit: int, *, metered: bool, works_here: bool) -> Caller:
        introspects = settings.introspection == "everyone" or (
            settings.introspection == "staff" and works_here
        )
        return Caller(name, limit, budget if metered else None, metered, introspects)

    @lru_cache(maxsize=10_000)
    def guest(address: str) -> Caller:
        name, metered = place(address)
        found = budgeted(name, settings.cost_limit_guest, metered=metered, works_here=False)
        return replace(found, is_guest=True)

    def caller(context: Context) -> Caller:
        viewer = context.viewer
        if viewer.name is None:
            return guest(context.address)
        works_here = viewer.works_here
        limit = settings.cost_limit_staff if works_here else settings.cost_limit_customer
        at, metered = place(context.address)
        found = budgeted(viewer.name, limit, metered=metered, works_here=works_here)
        # Anybody may open accounts, and guess with each of them.
        return found if works_here else replace(found, place=at)

    return caller
