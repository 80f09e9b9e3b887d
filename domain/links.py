"""Links in mails: where they may lead, and what they carry."""

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from domain.refusals import Invalid, Refusal

MAX_LENGTH = 2000


def redirect_problems(url: str, hosts: Sequence[str]) -> list[Refusal]:
    """What is wrong with an address that a mail is to lead to: a refusal of the field ``redirectUrl``.

    It is an absolute http or https address without a user in it. Its host, with or without its port, is one
    of ``hosts``; where there are none, any host will do.
    """
    if len(url) > MAX_LENGTH or not url.isprintable() or " " in url or "\\" in url:
        return [Invalid("This is not an address of the web.", field="redirectUrl")]
    try:
        parts = urlsplit(url)
        host, netloc = parts.hostname, parts.netloc.lower()
        _ = parts.port
    except ValueError:
        return [Invalid("This is not an address of the web.", field="redirectUrl")]
    if parts.scheme not in {"http", "https"} or not host or "@" in netloc:
        return [Invalid("The address has to be complete: https://host/path.", field="redirectUrl")]
    if hosts and not {host, netloc} & {allowed.lower() for allowed in hosts}:
        return [Invalid(f"Mails of this shop do not lead to {host}.", field="redirectUrl")]
    return []


def link(url: str, **query: str) -> str:
    """The address with these added to its query; its own query and its fragment stay."""
    parts = urlsplit(url)
    own = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in query]
    return urlunsplit(parts._replace(query=urlencode([*own, *query.items()])))
