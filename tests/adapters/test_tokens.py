import base64
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from adapters.signing import SigningKey, generate_private_key
from adapters.tokens import (
    AccessClaims,
    Purpose,
    PurposeClaims,
    RefreshClaims,
    TokenExpired,
    TokenGarbled,
    TokenInvalid,
    TokenMissing,
    TokenRefused,
    Tokens,
)

PEM = generate_private_key()
OTHER_PEM = generate_private_key()
ISSUER = "https://shop.example/graphql/"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(clock: Clock) -> Tokens:
    return Tokens(PEM, issuer=ISSUER, audience="matvis", clock=clock)


def refusal(read: Callable[[], object]) -> type[TokenRefused]:
    with pytest.raises(TokenRefused) as refused:
        read()
    return type(refused.value)


def forge(pem: str = PEM, headers: dict[str, str] | None = None, **claims: object) -> str:
    """An access token, right unless told otherwise; a claim of None is left out."""
    right: dict[str, object] = {
        "iss": ISSUER,
        "aud": "matvis",
        "sub": "7",
        "iat": int(NOON.timestamp()),
        "exp": int(NOON.timestamp()) + 300,
        "type": "access",
        "token": "key",
        "family": "family",
        "jti": "1",
        "is_staff": False,
    }
    payload = {name: value for name, value in (right | claims).items() if value is not None}
    key = SigningKey(pem)
    return jwt.encode(payload, key.private, algorithm="RS256", headers=headers or {"kid": key.id})


def test_an_access_token_says_who_calls(tokens: Tokens) -> None:
    token = tokens.access("7", "key", "family", is_staff=True)

    claims = tokens.read_access(token)

    assert claims == AccessClaims(
        "7",
        "key",
        "family",
        claims.token_id,
        is_staff=True,
        issued_at=NOON,
        expires_at=NOON + timedelta(minutes=5),
    )
    assert claims.token_id != tokens.read_access(tokens.access("7", "key", "family", is_staff=True)).token_id


def test_a_refresh_token_says_which_session_goes_on(tokens: Tokens) -> None:
    claims = tokens.read_refresh(tokens.refresh("7", "key", "family", "third"))

    assert claims == RefreshClaims("7", "key", "family", "third", NOON, NOON + timedelta(days=30))


def test_a_link_carries_what_it_was_made_for(tokens: Tokens) -> None:
    token = tokens.for_purpose(Purpose.CHANGE_EMAIL, "7", "key", {"email": "anna@example.com"})

    assert tokens.read_purpose(token, Purpose.CHANGE_EMAIL) == PurposeClaims(
        "7", "key", Purpose.CHANGE_EMAIL, NOON, NOON + timedelta(days=1), {"email": "anna@example.com"}
    )


def test_no_token_is_taken_for_another(tokens: Tokens) -> None:
    issued: dict[str, str] = {purpose: tokens.for_purpose(purpose, "7", "key") for purpose in Purpose}
    issued |= {
        "access": tokens.access("7", "key", "family", is_staff=True),
        "refresh": tokens.refresh("7", "key", "family", "1"),
    }
    readers: dict[str, Callable[[str], object]] = {
        "access": tokens.read_access,
        "refresh": tokens.read_refresh,
        "confirm-account": lambda token: tokens.read_purpose(token, Purpose.CONFIRM_ACCOUNT),
        "reset-password": lambda token: tokens.read_purpose(token, Purpose.RESET_PASSWORD),
        "delete-account": lambda token: tokens.read_purpose(token, Purpose.DELETE_ACCOUNT),
        "change-email": lambda token: tokens.read_purpose(token, Purpose.CHANGE_EMAIL),
    }

    taken = set()
    for kind, token in issued.items():
        for reader, read in readers.items():
            try:
                read(token)
            except TokenRefused as refused:
                assert type(refused) is TokenInvalid  # noqa: PT017 - it may also be taken
            else:
                taken.add((kind, reader))

    assert taken == {(kind, kind) for kind in readers}


def test_a_token_ends_at_its_last_moment(tokens: Tokens, clock: Clock) -> None:
    token = tokens.access("7", "key", "family", is_staff=False)

    clock.now = NOON + timedelta(minutes=5) - timedelta(microseconds=1)
    assert tokens.read_access(token).user_id == "7"

    clock.now = NOON + timedelta(minutes=5)
    assert refusal(lambda: tokens.read_access(token)) is TokenExpired


@pytest.mark.parametrize(
    ("purpose", "days"),
    [
        (Purpose.CONFIRM_ACCOUNT, 3),
        (Purpose.RESET_PASSWORD, 1),
        (Purpose.DELETE_ACCOUNT, 1),
        (Purpose.CHANGE_EMAIL, 1),
    ],
)
def test_a_link_lives_as_long_as_its_purpose(
    tokens: Tokens, clock: Clock, purpose: Purpose, days: int
) -> None:
    token = tokens.for_purpose(purpose, "7", "key")
    short = tokens.for_purpose(purpose, "7", "key", lifetime=timedelta(minutes=1))

    clock.now = NOON + timedelta(days=days) - timedelta(seconds=1)

    assert tokens.read_purpose(token, purpose).expires_at == NOON + timedelta(days=days)
    assert refusal(lambda: tokens.read_purpose(short, purpose)) is TokenExpired


def test_lifetimes_can_be_set(clock: Clock) -> None:
    tokens = Tokens(
        PEM,
        issuer=ISSUER,
        audience="matvis",
        clock=clock,
        access_lifetime=timedelta(seconds=10),
        refresh_lifetime=timedelta(hours=1),
    )

    access = tokens.read_access(tokens.access("7", "key", "family", is_staff=False))
    refresh = tokens.read_refresh(tokens.refresh("7", "key", "family", "1"))

    assert access.expires_at == NOON + timedelta(seconds=10)
    assert refresh.expires_at == NOON + timedelta(hours=1)


def test_a_refusal_says_it_in_the_apis_word() -> None:
    assert [refused().code for refused in (TokenMissing, TokenGarbled, TokenInvalid, TokenExpired)] == [
        "JWT_MISSING_TOKEN",
        "JWT_DECODE_ERROR",
        "JWT_INVALID_TOKEN",
        "JWT_SIGNATURE_EXPIRED",
    ]
    assert str(TokenExpired()) == "This token has expired."


@pytest.mark.parametrize("token", [None, ""])
def test_no_token_is_missing(tokens: Tokens, token: str | None) -> None:
    assert refusal(lambda: tokens.read_access(token)) is TokenMissing


@pytest.mark.parametrize("token", ["a", "a.b.c", "....", "é.é.é", "\x00", "Bearer x", "x" * 9000])
def test_what_is_no_token_cannot_be_decoded(tokens: Tokens, token: str) -> None:
    assert refusal(lambda: tokens.read_access(token)) is TokenGarbled


def test_the_forger_of_these_tests_makes_a_token_that_is_taken_if_it_is_right(tokens: Tokens) -> None:
    assert tokens.read_access(forge()).user_id == "7"


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://elsewhere.example/graphql/"},
        {"aud": "elsewhere"},
        {"aud": None},
        {"iss": None},
        {"sub": None},
        {"sub": 7},
        {"exp": None},
        {"type": None},
        {"type": "refresh"},
        {"token": None},
        {"family": None},
        {"family": ["a"]},
        {"jti": None},
        {"exp": "soon"},
        {"exp": 10**30},
        {"iat": "lately"},
        {"headers": {"kid": "another"}},
        {"pem": OTHER_PEM},
        {"pem": OTHER_PEM, "headers": {"kid": SigningKey(PEM).id}},
    ],
)
def test_a_token_with_one_thing_wrong_is_refused(tokens: Tokens, wrong: dict[str, Any]) -> None:
    assert refusal(lambda: tokens.read_access(forge(**wrong))) is TokenInvalid


def test_only_a_plain_true_makes_staff(tokens: Tokens) -> None:
    assert not tokens.read_access(forge(is_staff="false")).is_staff


def test_a_token_signed_with_another_algorithm_is_refused(tokens: Tokens) -> None:
    claims = jwt.decode(forge(), options={"verify_signature": False})
    # The published key as an HMAC secret is the classic confusion.
    secret = json.dumps(tokens.jwks()["keys"][0]).encode()

    unsigned = joined({"alg": "none", "kid": SigningKey(PEM).id}, claims)
    confused = joined({"alg": "HS256", "kid": SigningKey(PEM).id}, claims)
    mac = base64.urlsafe_b64encode(hmac.digest(secret, confused.encode(), "sha256")).rstrip(b"=").decode()

    assert refusal(lambda: tokens.read_access(f"{unsigned}.")) is TokenInvalid
    assert refusal(lambda: tokens.read_access(f"{confused}.{mac}")) is TokenInvalid


def joined(*parts: dict[str, Any]) -> str:
    return ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts
    )


def test_a_token_changed_by_a_letter_is_refused(tokens: Tokens) -> None:
    head, body, signature = tokens.access("7", "key", "family", is_staff=False).split(".")
    staff = base64.urlsafe_b64decode(body + "==").replace(b"false", b"true")
    changed = base64.urlsafe_b64encode(staff).rstrip(b"=").decode()

    assert refusal(lambda: tokens.read_access(f"{head}.{changed}.{signature}")) is TokenInvalid


def test_anybody_can_check_a_token_with_the_published_key(tokens: Tokens) -> None:
    token = tokens.access("7", "key", "family", is_staff=False)
    keys = tokens.jwks()

    published = jwt.PyJWKSet.from_dict(keys)[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(
        token,
        published.key,
        algorithms=["RS256"],
        audience="matvis",
        options={"verify_exp": False, "verify_iat": False},
    )

    assert claims["sub"] == "7"
    assert [sorted(key) for key in keys["keys"]] == [["alg", "e", "kid", "kty", "n", "use"]]


def test_two_processes_with_one_key_give_it_one_id() -> None:
    assert SigningKey(PEM).id == SigningKey(PEM).id
    assert SigningKey(PEM).id != SigningKey(OTHER_PEM).id


def test_a_key_that_cannot_sign_is_refused() -> None:
    short = rsa.generate_private_key(65537, 1024)  # noqa: S505 - the point of the test
    curve = ec.generate_private_key(ec.SECP256R1())
    locked = rsa.generate_private_key(65537, 2048)
    clear, sealed = NoEncryption(), BestAvailableEncryption(b"secret")

    for key, cipher, message in (
        (short, clear, "2048"),
        (curve, clear, "2048"),
        (locked, sealed, "encrypted"),
    ):
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, cipher).decode()
        with pytest.raises(ValueError, match=message):
            SigningKey(pem)
    with pytest.raises(ValueError, match="PEM"):
        SigningKey("no key")
