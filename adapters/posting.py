"""Posting mail beside the request that caused it."""

import asyncio
from collections.abc import Sequence

import structlog

from adapters.mail import Mail, MailUndelivered, Message

log = structlog.get_logger(__name__)

RETRIES = (1.0, 10.0, 60.0)  # seconds before each further attempt
FAREWELL = 5.0  # seconds that the last letters get when the server stops


class PostedMail:
    """Mail that is sent in the background: its sender neither waits for the mail server nor fails with it.

    A letter that is not taken is tried again after each of ``retries``, in seconds, then logged and given up.
    """

    def __init__(self, mail: Mail, retries: Sequence[float] = RETRIES) -> None:
        self._mail = mail
        self._retries = tuple(retries)
        self._going: set[asyncio.Task[None]] = set()

    async def send(self, message: Message) -> None:
        """Return at once, with the letter on its way. Raises nothing."""
        task = asyncio.create_task(self._deliver(message))
        self._going.add(task)
        task.add_done_callback(self._going.discard)
        # A mailbox that has nothing to wait for, as a log, has the letter before the answer is given.
        await asyncio.sleep(0)

    async def close(self) -> None:
        """Give letters on their way a few seconds; what is not taken by then is lost, and logged."""
        if self._going:
            _, late = await asyncio.wait(self._going, timeout=FAREWELL)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _deliver(self, message: Message) -> None:
        try:
            await self._try(message)
        except asyncio.CancelledError:
            log.warning("mail_lost", subject=message.subject)
            raise
        except Exception:
            # Nobody awaits this task, so the log is the only one to tell.
            log.exception("mail_failed", subject=message.subject)

    async def _try(self, message: Message) -> None:
        for pause in (*self._retries, None):
            try:
                await self._mail.send(message)
            except MailUndelivered as failure:
                log.warning("mail_undelivered", subject=message.subject, reason=str(failure))
                if failure.permanent or pause is None:
                    return
                await asyncio.sleep(pause)
            else:
                return
