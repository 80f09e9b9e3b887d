"""Keeps the answers of mutations that came under a key, in the shop's database."""

from collections.abc import Awaitable, Callable
from typing import Final

from commands.idempotency_keys import Answer, Question, once
from engine.repeating import Asked, Told
from schema.context import Context

REPEATABLE: Final = frozenset({"checkoutComplete"})
"""Mutations that do nothing twice by themselves: where a process died on one, it is simply done again."""


class Repeating:
    """``secret`` seals what is kept: processes that share a database share it too."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    async def once(self, context: Context, asked: Asked, run: Callable[[], Awaitable[Told]]) -> bytes | None:
        """What was answered to the same before; None where ``run`` answers it now."""

        async def answer() -> Answer:
            told = await run()
            return Answer(told.content, is_sound=told.is_sound)

        question = Question(asked.key, asked.fingerprint, repeatable=asked.root_fields.keys() <= REPEATABLE)
        return await once(context.shop, context.viewer, self._secret, question, answer)
