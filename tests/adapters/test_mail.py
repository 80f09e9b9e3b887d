from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from socket import create_server
from ssl import Purpose, SSLContext, create_default_context
from typing import Any

import pytest
import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from adapters.mail import ConsoleMail, MailUndelivered, Message, SmtpMail

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HELLO = Message("anna@example.com", "Hello", "Hello, Anna.")


class Inbox:
    """Keeps what the server is given; recipients named in ``answers`` are answered so instead."""

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.envelopes: list[Envelope] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.answers.get(address, "250 OK")

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        self.envelopes.append(envelope)
        return "250 OK"

    def mail(self) -> EmailMessage:
        (envelope,) = self.envelopes
        assert isinstance(envelope.content, bytes)
        return message_from_bytes(envelope.content, EmailMessage, policy=default)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@contextmanager
def serving(inbox: Inbox, **options: Any) -> Iterator[int]:
    """A mail server in a thread of its own; gives its port."""
    with create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    server = Controller(inbox, hostname="127.0.0.1", port=port, **options)
    server.start()
    try:
        yield port
    finally:
        server.stop()


@pytest.fixture
def port(inbox: Inbox) -> Iterator[int]:
    with serving(inbox) as port:
        yield port


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1 that signs itself, in one PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(
            name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1)
        )
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "mail.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + signed.public_bytes(Encoding.PEM))
    return path


def speaking_tls(certificate: Path) -> SSLContext:
    context = create_default_context(Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def mail(port: int) -> SmtpMail:
    return SmtpMail(f"smtp://127.0.0.1:{port}", "The Shop <shop@example.com>", lambda: NOON)


async def test_a_message_arrives_as_it_was_written(mail: SmtpMail, inbox: Inbox) -> None:
    text = "Zażółć gęślą jaźń.\n" + "word " * 400 + "\n.\nhttps://shop.example/?token=a=b"

    await mail.send(Message("anna@example.com", "Zażółć 🛒", text, "<p>Zażółć</p>"))

    received = inbox.mail()
    assert received["From"] == "The Shop <shop@example.com>"
    assert received["To"] == "anna@example.com"
    assert received["Subject"] == "Zażółć 🛒"
    assert received["Date"].datetime == NOON
    assert received["Message-ID"].endswith("@example.com>")
    plain, html = received.get_body(("plain",)), received.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().splitlines() == text.splitlines()
    assert html.get_content().splitlines() == ["<p>Zażółć</p>"]
    assert (inbox.envelopes[0].mail_from, inbox.envelopes[0].rcpt_tos) == (
        "shop@example.com",
        ["anna@example.com"],
    )


async def test_a_message_is_ascii_on_its_way(mail: SmtpMail, inbox: Inbox) -> None:
    await mail.send(Message("anna@example.com", "Zażółć", "Zażółć"))

    content = inbox.envelopes[0].content
    assert isinstance(content, bytes)
    assert content.isascii()
    assert inbox.mail().get_content_type() == "text/plain"


@pytest.mark.parametrize(
    "message",
    [
        Message("anna@example.com", "Hello\r\nBcc: bob@example.com", "text"),
        Message("anna@example.com", "Hello\nBcc: bob@example.com", "text"),
        Message("anna@example.com\r\nBcc: bob@example.com", "Hello", "text"),
        Message("anna@example.com, bob@example.com", "Hello", "text"),
        Message("Anna <anna@example.com>", "Hello", "text"),
        Message("anna@example.com>", "Hello", "text"),
        Message("anna", "Hello", "text"),
        Message("", "Hello", "text"),
        Message("\x00@example.com", "Hello", "text"),
    ],
)
async def test_no_value_adds_a_header_or_a_reader(mail: SmtpMail, inbox: Inbox, message: Message) -> None:
    with pytest.raises(MailUndelivered) as undelivered:
        await mail.send(message)

    assert undelivered.value.permanent
    assert inbox.envelopes == []


@pytest.mark.parametrize(
    ("answer", "permanent"), [("550 no such user", True), ("450 try again later", False), ("452 full", False)]
)
async def test_a_refused_reader_says_whether_to_try_again(
    mail: SmtpMail, inbox: Inbox, answer: str, *, permanent: bool
) -> None:
    inbox.answers["anna@example.com"] = answer

    with pytest.raises(MailUndelivered) as undelivered:
        await mail.send(HELLO)

    assert undelivered.value.permanent is permanent
    assert answer[4:] in str(undelivered.value)


async def test_a_server_that_is_away_may_come_back() -> None:
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    with pytest.raises(MailUndelivered) as undelivered:
        await SmtpMail(f"smtp://127.0.0.1:{port}", "shop@example.com", lambda: NOON).send(HELLO)

    assert not undelivered.value.permanent


async def test_a_server_that_says_nothing_is_left_after_the_timeout() -> None:
    with create_server(("127.0.0.1", 0)) as mute:
        mail = SmtpMail(
            f"smtp://127.0.0.1:{mute.getsockname()[1]}", "shop@example.com", lambda: NOON, timeout=0.1
        )

        with pytest.raises(MailUndelivered) as undelivered:
            await mail.send(HELLO)

    assert not undelivered.value.permanent


@pytest.mark.parametrize("url", ["smtp+starttls://127.0.0.1:{port}", "smtp://shop:secret@127.0.0.1:{port}"])
async def test_nothing_is_sent_in_the_clear_where_that_would_tell(inbox: Inbox, port: int, url: str) -> None:
    mail = SmtpMail(url.format(port=port), "shop@example.com", lambda: NOON)

    with pytest.raises(MailUndelivered, match="STARTTLS"):
        await mail.send(HELLO)

    assert inbox.envelopes == []


async def test_over_tls_from_the_start_a_message_arrives(inbox: Inbox, certificate: Path) -> None:
    with serving(inbox, ssl_context=speaking_tls(certificate)) as port:
        url, trusting = f"smtps://127.0.0.1:{port}", create_default_context(cafile=certificate)

        await SmtpMail(url, "shop@example.com", lambda: NOON, tls=trusting).send(HELLO)

    assert inbox.mail()["Subject"] == "Hello"


@pytest.mark.parametrize(("password", "arrives"), [("s%2Fecret", True), ("wrong", False)])
async def test_a_password_is_given_once_the_line_is_private(
    inbox: Inbox, certificate: Path, password: str, *, arrives: bool
) -> None:
    def check(
        _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: LoginPassword
    ) -> AuthResult:
        return AuthResult(handled=False, success=(login.login, login.password) == (b"shop", b"s/ecret"))

    with serving(
        inbox, tls_context=speaking_tls(certificate), auth_required=True, authenticator=check
    ) as port:
        trusting = create_default_context(cafile=certificate)
        mail = SmtpMail(
            f"smtp://shop:{password}@127.0.0.1:{port}", "shop@example.com", lambda: NOON, tls=trusting
        )

        if arrives:
            await mail.send(HELLO)
        else:
            with pytest.raises(MailUndelivered) as undelivered:
                await mail.send(HELLO)
            assert not undelivered.value.permanent

    assert len(inbox.envelopes) == arrives


async def test_a_server_that_nobody_vouches_for_gets_no_message(inbox: Inbox, certificate: Path) -> None:
    with serving(inbox, ssl_context=speaking_tls(certificate)) as port:
        mail = SmtpMail(f"smtps://127.0.0.1:{port}", "shop@example.com", lambda: NOON)

        with pytest.raises(MailUndelivered, match="certificate"):
            await mail.send(HELLO)

    assert inbox.envelopes == []


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("http://127.0.0.1", "shop@example.com"),
        ("smtp://", "shop@example.com"),
        ("127.0.0.1:25", "shop@example.com"),
        ("smtp://127.0.0.1:port", "shop@example.com"),
        ("smtp://127.0.0.1", "The Shop"),
        ("smtp://127.0.0.1", ""),
    ],
)
def test_a_wrong_setting_is_said_at_once(url: str, sender: str) -> None:
    with pytest.raises(ValueError, match=r"mail server|Port|e-mail address"):
        SmtpMail(url, sender, lambda: NOON)


async def test_in_development_a_message_is_read_in_the_log() -> None:
    with structlog.testing.capture_logs() as lines:
        await ConsoleMail().send(HELLO)

    assert lines == [
        {
            "event": "mail",
            "to": "anna@example.com",
            "subject": "Hello",
            "text": "Hello, Anna.",
            "log_level": "info",
        }
    ]
