"""What a setting may be, and how it is declared."""

from ipaddress import ip_network
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import NoDecode

from adapters.signing import SigningKey


def setting(meaning: str, must: str, *, default: object = "", **rules: Any) -> Any:
    """A field whose ``meaning`` is printed by ``./run help`` and whose ``must`` ends a refusal."""
    return Field(default, description=meaning, json_schema_extra={"must": must}, **rules)


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
        SigningKey(pem)
    return pem


def _checked_network(text: str) -> str:
    return str(ip_network(text))


Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Network = Annotated[str, AfterValidator(_checked_network)]
Origin = Annotated[str, Field(pattern=r"^https?://[^/\s]+$")]
Origins = Annotated[tuple[Origin, ...], NoDecode, BeforeValidator(_split)]
Cost = Annotated[int, Field(ge=1, le=1_000_000)]
Networks = Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_split)]
WebAddress = Annotated[str, Field(pattern=r"^(https?://\S+)?$"), AfterValidator(lambda url: url.rstrip("/"))]

SecretKey = Annotated[str, AfterValidator(_checked_secret)]
PrivateKey = Annotated[str, AfterValidator(_checked_key)]

SECRET_LENGTH = 32
COST = "a whole number from 1 to 1000000"
WEB_ADDRESS = "an http or https address"
