"""The real parts that commands work on, wired by the server."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from adapters.events import Events
from adapters.files.store import FileStore
from adapters.mail import Mail
from adapters.passwords import Passwords
from adapters.payments.registry import Gateways
from adapters.thumbnails import Thumbnails
from adapters.tokens import Tokens
from db.pool import Database


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """``clock`` gives aware UTC time; everything that asks for the time asks it here.

    ``redirect_hosts`` are the hosts that links in mails may lead to; none means that any may (development).
    ``seller`` is who sells, as papers say it, a line a piece; none: the name of the channel.
    """

    db: Database
    events: Events
    files: FileStore
    thumbnails: Thumbnails
    mail: Mail
    passwords: Passwords
    tokens: Tokens
    gateways: Gateways
    redirect_hosts: tuple[str, ...] = ()
    seller: tuple[str, ...] = ()
    clock: Callable[[], datetime] = utc_now
