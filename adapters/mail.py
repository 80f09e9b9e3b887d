"""Mail: a message, and two ways to send it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid, parseaddr
from ssl import SSLContext
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog

# The body is encoded here to seven bits, whatever the servers on its way can carry.
POLICY = SMTP.clone(cte_type="7bit")
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
PERMANENT = 500  # from here on an SMTP reply says "never", below it "not now"


@dataclass(frozen=True, slots=True)
class Message:
    """A mail to one person; ``to`` is a bare address, ``html`` another form of the same text."""

    to: str
    subject: str
    text: str
    html: str | None = None


class MailUndelivered(Exception):
    """The message was not taken. ``permanent`` if trying it again would give the same answer."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


class Mail(Protocol):
    async def send(self, message: Message) -> None:
        """Return when somebody else has taken charge of the message. Raises ``MailUndelivered``."""


class SmtpMail:
    """Sends through the server at ``url``, over a connection for each message.

    ``smtps://user:password@host:465`` speaks TLS from the start; ``smtp+starttls://host:587`` insists on
    changing to it; ``smtp://host:25`` changes to it if the server offers, and sends a password only then.
    The parts of the URL are percent-encoded. ``sender`` may have a name: ``Shop <shop@example.com>``.
    ``timeout`` is in seconds, for each step of the conversation. Raises ``ValueError`` for a URL or a
    sender that is none of this.
    """

    def __init__(
        self,
        url: str,
        sender: str,
        clock: Callable[[], datetime],
        *,
        timeout: float = 15,
        tls: SSLContext | None = None,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError(
                "The mail server's URL starts with smtp://, smtp+starttls:// or smtps:// and names a host."
            )
        self._host = parts.hostname
        self._port = parts.port or PORTS[parts.scheme]
        self._username = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._use_tls = parts.scheme == "smtps"
        # None leaves it to what the server offers; a password never travels in the clear.
        insists = parts.scheme == "smtp+starttls" or (parts.scheme == "smtp" and self._username is not None)
        self._start_tls = True if insists else None
        self._sender = _sender(sender)
        self._clock = clock
        self._timeout = timeout
        self._tls = tls

    async def send(self, message: Message) -> None:
        try:
            mail = compose(message, self._sender, self._clock())
        except ValueError as error:
            raise MailUndelivered(str(error), permanent=True) from error
        try:
            await aiosmtplib.send(
                mail,
                sender=self._sender.addr_spec,
                recipients=[message.to],
                hostname=self._host,
                port=self._port,
                username=self._username,
                password=self._password,
                use_tls=self._use_tls,
                start_tls=self._start_tls,
                timeout=self._timeout,
                tls_context=self._tls,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            refused = error.recipients[0]
            raise MailUndelivered(refused.message, permanent=refused.code >= PERMANENT) from error
        except aiosmtplib.SMTPDataError as error:
            raise MailUndelivered(error.message, permanent=error.code >= PERMANENT) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            # Whatever else is wrong, a password of ours included, somebody can mend; the message waits.
            raise MailUndelivered(str(error), permanent=False) from error


class ConsoleMail:
    """For development: the message goes to the log, where its links can be followed."""

    def __init__(self) -> None:
        self._log = structlog.get_logger("mail")

    async def send(self, message: Message) -> None:
        await self._log.ainfo("mail", to=message.to, subject=message.subject, text=message.text)


def compose(message: Message, sender: Address, now: datetime) -> EmailMessage:
    """The message as it travels.

    Raises ``ValueError`` for an address that is not exactly one, or a line break in the subject: no value
    can add a header or a reader.
    """
    mail = EmailMessage(POLICY)
    mail["From"] = sender
    mail["To"] = _address(message.to)
    mail["Subject"] = message.subject
    mail["Date"] = now
    mail["Message-ID"] = make_msgid(domain=sender.domain)
    mail.set_content(message.text)
    if message.html is not None:
        mail.add_alternative(message.html, subtype="html")
    return mail


def _sender(text: str) -> Address:
    name, spec = parseaddr(text)
    address = _address(spec)
    return Address(name, address.username, address.domain)


def _address(spec: str) -> Address:
    try:
        address = Address(addr_spec=spec)
    except Exception as error:
        raise ValueError(f"{spec!r} is not an e-mail address.") from error
    if address.addr_spec != spec or not address.domain:
        raise ValueError(f"{spec!r} is not an e-mail address.")
    return address
