"""What a setting may be, and how it is declared."""

import json
from ipaddress import ip_network
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import NoDecode

from adapters.payments.stripe.accounts import StripeAccount
from adapters.signing import signing_key


def setting(meaning: str, must: str, *, default: object = "", **rules: Any) -> Any:
    """A field whose ``meaning`` is printed by ``./run help`` and whose ``must`` ends a refusal."""
    return Field(default, description=meaning, json_schema_extra={"must": must}, **rules)


def most(meaning: str, default: int, *, least: int = 1) -> Any:
    """A bound."""
    return setting(meaning, f"a whole number, {least} or more", default=default, ge=least)


def secret(meaning: str, must: str, **rules: Any) -> Any:
    return setting(meaning, must, repr=False, **rules)


def _split(value: object) -> object:
    return (
        tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
    )


def _checked_secret(text: str) -> str:
    if text and len(text) < SECRET_LENGTH:
        raise ValueError("too short")
    return text


def _checked_key(pem: str) -> str:
    # Many a platform's form keeps a pasted PEM on one line, with its breaks spelled out.
    pem = pem.replace("\\n", "\n")
    if pem:
        signing_key(pem)
    return pem


def _checked_network(text: str) -> str:
    return str(ip_network(text))


def _accounts(value: object) -> object:
    """Accounts with Stripe out of JSON, by their ids."""
    if not isinstance(value, str):
        return value
    try:
        return tuple(_account(name, known) for name, known in json.loads(value or "{}").items())
    except (AttributeError, TypeError) as wrong:
        raise ValueError("this is no object of objects with these keys") from wrong


def _account(name: str, known: dict[str, Any]) -> StripeAccount:
    account = StripeAccount(id=name, **known)
    kind, _, mode = account.publishable_key.partition("_")
    secret_kind, _, secret_mode = account.secret_key.partition("_")
    webhook_kind = account.webhook_secret[:6] or "whsec_"  # without one, nothing tells by itself
    if (kind, secret_kind in {"sk", "rk"}, webhook_kind) != ("pk", True, "whsec_"):
        raise ValueError("a key is not what it is said to be")
    if mode.partition("_")[0] != secret_mode.partition("_")[0]:
        raise ValueError("one key is for tests and the other is not")
    return account


Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Network = Annotated[str, AfterValidator(_checked_network)]
Origin = Annotated[str, Field(pattern=r"^https?://[^/\s]+$")]
Origins = Annotated[tuple[Origin, ...], NoDecode, BeforeValidator(_split)]
Cost = Annotated[int, Field(ge=1, le=1_000_000)]
StripeAccounts = Annotated[tuple[StripeAccount, ...], NoDecode, BeforeValidator(_accounts)]
Networks = Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_split)]
WebAddress = Annotated[str, Field(pattern=r"^(https?://\S+)?$"), AfterValidator(lambda url: url.rstrip("/"))]

SecretKey = Annotated[str, AfterValidator(_checked_secret)]
PrivateKey = Annotated[str, AfterValidator(_checked_key)]

SECRET_LENGTH = 32
COST = "a whole number from 1 to 1000000"
WEB_ADDRESS = "an http or https address"
