"""Mail that is posted, and not waited for."""

import asyncio

import structlog

from adapters.mail import MailUndelivered, Message
from adapters.posting import PostedMail

LETTER = Message("ada@example.com", "Hello", "Hello, Ada.")


class Mailbox:
    """Takes letters after so many failures, or never answers."""

    def __init__(self, *failures: Exception, gate: asyncio.Event | None = None) -> None:
        self.failures = list(failures)
        self.gate = gate
        self.taken: list[Message] = []

    async def send(self, message: Message) -> None:
        if self.gate is not None:
            await self.gate.wait()
        if self.failures:
            raise self.failures.pop(0)
        self.taken.append(message)


async def test_a_slow_server_is_not_waited_for() -> None:
    mailbox = Mailbox(gate=asyncio.Event())
    posted = PostedMail(mailbox)

    await posted.send(LETTER)

    assert mailbox.taken == []
    assert mailbox.gate is not None
    mailbox.gate.set()
    await posted.close()
    assert mailbox.taken == [LETTER]


async def test_a_letter_that_was_not_taken_is_tried_again() -> None:
    mailbox = Mailbox(
        MailUndelivered("not now", permanent=False), MailUndelivered("not yet", permanent=False)
    )
    posted = PostedMail(mailbox, retries=(0, 0))

    await posted.send(LETTER)
    await posted.close()

    assert mailbox.taken == [LETTER]


async def test_a_letter_is_given_up_for_good_reasons_and_the_log_has_them() -> None:
    with structlog.testing.capture_logs() as logs:
        for mailbox in (
            Mailbox(MailUndelivered("no such user", permanent=True)),
            Mailbox(MailUndelivered("a", permanent=False), MailUndelivered("b", permanent=False)),
            Mailbox(RuntimeError("a bug")),
        ):
            posted = PostedMail(mailbox, retries=(0,))
            await posted.send(LETTER)
            await posted.close()
            assert mailbox.taken == []

    assert [(entry["event"], entry.get("reason")) for entry in logs] == [
        ("mail_undelivered", "no such user"),
        ("mail_undelivered", "a"),
        ("mail_undelivered", "b"),
        ("mail_failed", None),
    ]
