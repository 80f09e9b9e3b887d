import json
import stat
import traceback
from pathlib import Path

import pytest

from adapters.signing import generate_private_key
from server import keys
from server.settings import Settings, SettingsError

PRODUCTION = {
    "ENVIRONMENT": "production",
    "DATABASE_URL": "postgresql://matvis:secret@database/matvis",
    "REDIS_URL": "redis://cache:6379/0",
    "PUBLIC_URL": "https://shop.example/",
    "SECRET_KEY": "s" * 32,
}


def test_development_needs_no_setting(tmp_path: Path) -> None:
    settings = Settings.load({"DATA_DIR": str(tmp_path)})

    assert (settings.database_url, settings.redis_url) == ("", "")
    assert (settings.public_url, settings.seed, settings.graphiql) == ("http://127.0.0.1:8000", "demo", True)


def test_development_keeps_the_keys_it_made(tmp_path: Path) -> None:
    first = Settings.load({"DATA_DIR": str(tmp_path / "new")})
    second = Settings.load({"DATA_DIR": str(tmp_path / "new")})

    made = sorted((tmp_path / "new").iterdir())
    assert [file.name for file in made] == ["jwt_private_key.pem", "secret_key"]
    assert [stat.S_IMODE(file.stat().st_mode) for file in made] == [0o600, 0o600]
    assert (second.secret_key, second.jwt_private_key) == (first.secret_key, first.jwt_private_key)
    assert first.jwt_private_key.startswith("-----BEGIN PRIVATE KEY-----\n")


def test_the_second_of_two_makers_takes_the_first_one_s_key(tmp_path: Path) -> None:
    kept = tmp_path / "key"

    def slow() -> str:
        kept.write_text("first")
        return "second"

    assert keys.kept(kept, slow) == "first"
    assert [file.name for file in tmp_path.iterdir()] == ["key"]


def test_production_is_plain_unless_asked() -> None:
    pem = generate_private_key()

    settings = Settings.load(PRODUCTION | {"JWT_PRIVATE_KEY": pem.replace("\n", "\\n")})

    assert (settings.seed, settings.graphiql, settings.introspection) == ("none", False, "staff")
    assert (settings.cost_budget, settings.login_budget, settings.code_budget) == (1_000_000, 30, 30)
    assert settings.public_url == "https://shop.example"
    assert settings.jwt_private_key == pem


def test_production_names_all_that_is_missing() -> None:
    with pytest.raises(SettingsError) as refusal:
        Settings.load(
            {"ENVIRONMENT": "production", "SECRET_KEY": "s" * 32, "JWT_PRIVATE_KEY": generate_private_key()}
        )

    assert str(refusal.value) == (
        "ENVIRONMENT is production, and requires DATABASE_URL and REDIS_URL and PUBLIC_URL."
    )


def test_lists_are_comma_separated(tmp_path: Path) -> None:
    settings = Settings.load(
        {
            "DATA_DIR": str(tmp_path),
            "ALLOWED_ORIGINS": "https://shop.example, http://localhost:3000,",
            "ALLOWED_REDIRECT_HOSTS": "shop.example",
        }
    )

    assert settings.allowed_origins == ("https://shop.example", "http://localhost:3000")
    assert settings.allowed_redirect_hosts == ("shop.example",)


def test_an_empty_setting_counts_as_none(tmp_path: Path) -> None:
    settings = Settings.load({"DATA_DIR": str(tmp_path), "PORT": " ", "ENVIRONMENT": ""})

    assert (settings.port, settings.environment) == (8000, "development")


def test_secrets_stay_out_of_what_is_printed() -> None:
    settings = Settings.load(
        PRODUCTION | {"JWT_PRIVATE_KEY": generate_private_key(), "SMTP_URL": "smtp://me:word@mail"}
    )

    assert not [word for word in ("secret@", "ssssss", "PRIVATE", "word@") if word in repr(settings)]


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("ENVIRONMENT", "staging", "ENVIRONMENT is 'staging', and must be development or production."),
        ("PORT", "http", "PORT is 'http', and must be a whole number from 1 to 65535."),
        ("PORT", "70000", "PORT is '70000', and must be a whole number from 1 to 65535."),
        ("PUBLIC_URL", "shop.example", "PUBLIC_URL is 'shop.example', and must be an http or https address."),
        ("SEED", "yes", "SEED is 'yes', and must be demo or none."),
        (
            "DATABASE_URL",
            "mysql://me:word@h/d",
            "DATABASE_URL must be an address that starts with postgresql://.",
        ),
        (
            "REDIS_URL",
            "http://cache",
            (
                "REDIS_URL must be an address that starts with redis://, rediss://, redis+cluster://, "
                "rediss+cluster:// or unix://."
            ),
        ),
        ("DATABASE_POOL_MIN", "-1", "DATABASE_POOL_MIN is '-1', and must be a whole number, 0 or more."),
        (
            "DATABASE_POOL_MIN",
            "11",
            "DATABASE_POOL_MIN is 11, and must not be above DATABASE_POOL_MAX, which is 10.",
        ),
        ("DATABASE_POOL_MAX", "0", "DATABASE_POOL_MAX is '0', and must be a whole number above 0."),
        (
            "DATABASE_POOL_WAIT",
            "nan",
            "DATABASE_POOL_WAIT is 'nan', and must be a number of seconds above 0.",
        ),
        (
            "DATABASE_STATEMENT_TIMEOUT",
            "0",
            "DATABASE_STATEMENT_TIMEOUT is '0', and must be a number of seconds above 0.",
        ),
        (
            "DATABASE_TRANSACTION_POOLER",
            "perhaps",
            "DATABASE_TRANSACTION_POOLER is 'perhaps', and must be true or false.",
        ),
        (
            "S3_ENDPOINT_URL",
            "minio:9000",
            "S3_ENDPOINT_URL is 'minio:9000', and must be an http or https address.",
        ),
        ("S3_PUBLIC_URL", "cdn", "S3_PUBLIC_URL is 'cdn', and must be an http or https address."),
        ("S3_ACCESS_KEY_ID", "k", "S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY must be given together."),
        ("SECRET_KEY", "short", "SECRET_KEY must be at least 32 characters long."),
        (
            "JWT_PRIVATE_KEY",
            "no key",
            "JWT_PRIVATE_KEY must be an RSA private key of 2048 bits or more, in PEM.",
        ),
        (
            "ALLOWED_ORIGINS",
            "https://shop.example, h://shop",
            "ALLOWED_ORIGINS is 'h://shop', and must be a list of https://host, without paths.",
        ),
        ("SMTP_URL", "mail.example", "SMTP_URL must be an address that starts with smtp:// or smtps://."),
        ("MAIL_FROM", "the shop", "MAIL_FROM is 'the shop', and must be an e-mail address."),
        ("LOG_LEVEL", "loud", "LOG_LEVEL is 'loud', and must be debug, info, warning or error."),
        (
            "COST_LIMIT_GUEST",
            "0",
            "COST_LIMIT_GUEST is '0', and must be a whole number from 1 to 1000000.",
        ),
        ("LOGIN_BUDGET", "-1", "LOGIN_BUDGET is '-1', and must be a whole number, 0 or more."),
        (
            "UNMETERED_NETWORKS",
            "10.0.0.0/8, office",
            "UNMETERED_NETWORKS is 'office', and must be a list of networks, such as 10.0.0.0/8.",
        ),
        (
            "ONLY_TRUSTED_DOCUMENTS",
            "true",
            "ONLY_TRUSTED_DOCUMENTS is true, and requires TRUSTED_DOCUMENTS.",
        ),
        ("GRAPHIQL", "maybe", "GRAPHIQL is 'maybe', and must be true or false."),
        ("INTROSPECTION", "maybe", "INTROSPECTION is 'maybe', and must be everyone, staff or nobody."),
    ],
)
def test_a_wrong_setting_is_named_in_a_sentence(tmp_path: Path, name: str, value: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        Settings.load({"DATA_DIR": str(tmp_path), name: value})

    assert str(refusal.value) == sentence


def test_every_wrong_setting_has_its_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refusal:
        Settings.load({"DATA_DIR": str(tmp_path), "PORT": "x", "LOG_LEVEL": "x"})

    assert str(refusal.value).splitlines() == [
        "PORT is 'x', and must be a whole number from 1 to 65535.",
        "LOG_LEVEL is 'x', and must be debug, info, warning or error.",
    ]


def test_a_data_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(
        SettingsError, match=rf"^DATA_DIR {tmp_path}/file/below cannot be used: Not a directory\.$"
    ):
        Settings.load({"DATA_DIR": str(tmp_path / "file" / "below")})


def test_locks_and_notices_need_a_way_past_the_pooler(tmp_path: Path) -> None:
    given = {"DATA_DIR": str(tmp_path), "DATABASE_TRANSACTION_POOLER": "true"}

    with pytest.raises(SettingsError) as refusal:
        Settings.load(given)
    settings = Settings.load(given | {"DATABASE_DIRECT_URL": "postgresql://straight/shop"})

    assert str(refusal.value) == "DATABASE_TRANSACTION_POOLER is true, and requires DATABASE_DIRECT_URL."
    assert settings.session_url == "postgresql://straight/shop"


def test_links_in_mails_lead_home_unless_told_otherwise(tmp_path: Path) -> None:
    given = PRODUCTION | {"JWT_PRIVATE_KEY": generate_private_key(), "DATA_DIR": str(tmp_path)}

    assert Settings.load(given).redirect_hosts == ("shop.example",)
    assert Settings.load(given | {"ALLOWED_REDIRECT_HOSTS": "a.example, b.example"}).redirect_hosts == (
        "a.example",
        "b.example",
    )
    assert Settings.load({"DATA_DIR": str(tmp_path)}).redirect_hosts == ()


STRIPE = {
    "publishable_key": "pk_test_1",
    "secret_key": "sk_test_secretive",
    "webhook_secret": "whsec_secretive",
    "channels": ["default-channel"],
}


def test_accounts_with_stripe_are_json_by_their_ids(tmp_path: Path) -> None:
    text = json.dumps({"stripe": STRIPE, "stripe-pl": STRIPE | {"name": "Karta", "channels": []}})

    settings = Settings.load({"DATA_DIR": str(tmp_path), "STRIPE_ACCOUNTS": text})

    first, second = settings.stripe_accounts
    assert (first.id, first.name, first.channels) == ("stripe", "Stripe", ["default-channel"])
    assert (second.id, second.name, second.secret_key) == ("stripe-pl", "Karta", "sk_test_secretive")
    assert "secretive" not in repr(settings)


def test_an_account_may_have_no_webhook(tmp_path: Path) -> None:
    text = json.dumps({"stripe": {name: STRIPE[name] for name in ("publishable_key", "secret_key")}})

    (account,) = Settings.load({"DATA_DIR": str(tmp_path), "STRIPE_ACCOUNTS": text}).stripe_accounts

    assert account.webhook_secret == ""


@pytest.mark.parametrize(
    "text",
    [
        "secretive",
        "[]",
        '["secretive"]',
        json.dumps({"stripe": {"secret_key": "sk_test_secretive"}}),
        json.dumps({"stripe": STRIPE | {"secretive": "what is this"}}),
        json.dumps({"stripe": STRIPE | {"publishable_key": "sk_test_secretive"}}),
        json.dumps({"stripe": STRIPE | {"publishable_key": "pk_live_secretive"}}),
        json.dumps({"stripe": STRIPE | {"webhook_secret": "secretive"}}),
    ],
)
def test_wrong_accounts_stop_the_start_and_are_not_repeated(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        Settings.load({"DATA_DIR": str(tmp_path), "STRIPE_ACCOUNTS": text})

    told = "".join(traceback.format_exception(refusal.value))
    assert str(refusal.value) == (
        "STRIPE_ACCOUNTS must be JSON as docs/payments.md shows it, with the keys of each account."
    )
    assert "secretive" not in told
