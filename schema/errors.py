"""How a refusal is told: as an entry of the payload's ``errors``, under a code of that payload's enum."""

from collections.abc import Awaitable, Callable
from dataclasses import fields
from enum import Enum
from functools import wraps
from typing import Any, ParamSpec, TypeVar, get_args, get_type_hints

from domain.refusals import Busy, Denied, Refusal, Refused
from schema.context import Info

P = ParamSpec("P")
T = TypeVar("T")
FALLBACK = "GRAPHQL_ERROR"


def answers(payload: Callable[..., T]) -> Callable[[Callable[P, Awaitable[T]]], Callable[P, Awaitable[T]]]:
    """Refusals of the mutation become ``errors`` of its payload; every other field of it is then null.

    ``Denied`` and ``Busy`` are told at the top of the answer instead: they are not about the input. Whatever
    was loaded before is forgotten, for the payload shows what the command has made of it.
    """
    (error,) = get_args(get_type_hints(payload)["errors"])
    codes: type[Enum] = get_type_hints(error)["code"]
    known = {declared.name for declared in fields(error)}

    def spoken(refusal: Refusal) -> Any:
        code = codes.__members__.get(refusal.code) or codes[FALLBACK]
        facts = {name: value for name, value in refusal.facts.items() if name in known}
        return error(field=refusal.field, message=refusal.message, code=code, **facts)

    def decorate(mutation: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
        @wraps(mutation)
        async def answered(*args: P.args, **kwargs: P.kwargs) -> T:
            info: Info = kwargs["info"] if "info" in kwargs else args[0]  # type: ignore[assignment]
            try:
                return await mutation(*args, **kwargs)
            except (Denied, Busy):
                raise
            except Refusal as refusal:
                return payload(errors=[spoken(refusal)])
            except Refused as several:
                return payload(errors=[spoken(refusal) for refusal in several.refusals])
            finally:
                info.context.loading.forget()

        return answered

    return decorate
