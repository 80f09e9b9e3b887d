"""What the environment says, read once at the start and handed down as plain values."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from adapters.signing import generate_private_key
from server import keys
from server.setting_types import (
    COST,
    WEB_ADDRESS,
    Cost,
    Names,
    Networks,
    Origins,
    PrivateKey,
    Seconds,
    SecretKey,
    StripeAccounts,
    WebAddress,
    most,
    secret,
    setting,
)


class SettingsError(Exception):
    """The environment is missing a setting or has a wrong one; the message has one sentence for each."""


# Where a demo and a load test meet no budget, and a loop of a frontend still does not run away.
DEVELOPMENT = {
    "seed": "demo",
    "graphiql": True,
    "introspection": "everyone",
    "cost_budget": 0,
    "login_budget": 300,
    "code_budget": 300,
}


class Settings(BaseSettings):
    """Every setting; an empty string means "not given".

    An empty ``database_url`` or ``redis_url`` asks for the embedded server, and is refused in production.
    """

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    environment: Literal["development", "production"] = setting(
        "development or production", "development or production", default="development"
    )
    host: str = setting("address to listen on", "an address", default="127.0.0.1")
    port: int = setting("port to listen on", "a whole number from 1 to 65535", default=8000, ge=1, le=65535)
    public_url: WebAddress = setting("where clients reach this server (http://HOST:PORT)", WEB_ADDRESS)
    data_dir: Path = setting(
        "what one machine keeps: databases, files, generated keys", "a path", default=Path(".data")
    )
    seed: Literal["demo", "none"] = setting(
        "demo fills an empty shop (the default in development), none leaves it empty",
        "demo or none",
        default="none",
    )

    database_url: str = secret(
        "Postgres, postgresql://user:password@host/name (an embedded one)",
        "an address that starts with postgresql://",
        pattern=r"^(postgres(ql)?://.*)?$",
    )
    redis_url: str = secret(
        "Redis or Valkey, redis://host:6379/0 or redis+cluster://host:6379,host:6379 (an embedded one)",
        "an address that starts with redis://, rediss://, redis+cluster://, rediss+cluster:// or unix://",
        pattern=r"^((rediss?(\+cluster)?|unix)://.*)?$",
    )
    database_pool_min: int = setting("connections kept open", "a whole number, 0 or more", default=2, ge=0)
    database_pool_max: int = setting("connections at most", "a whole number above 0", default=10, ge=1)
    database_pool_wait: Seconds = setting(
        "seconds a request waits for a connection", "a number of seconds above 0", default=5.0
    )
    database_statement_timeout: Seconds = setting(
        "seconds a statement may take", "a number of seconds above 0", default=30.0
    )
    database_transaction_pooler: bool = setting(
        "true behind PgBouncer in transaction mode", "true or false", default=False
    )
    database_direct_url: str = secret(
        "the same Postgres past such a pooler (DATABASE_URL)",
        "an address that starts with postgresql://",
        pattern=r"^(postgres(ql)?://.*)?$",
    )

    s3_bucket: str = setting("bucket for files (they are kept under DATA_DIR)", "a bucket's name")
    s3_endpoint_url: WebAddress = setting("address of an S3 that is not Amazon's", WEB_ADDRESS)
    s3_region: str = setting("region of the bucket", "a region's name", default="us-east-1")
    s3_access_key_id: str = secret("its key id (what the machine's role grants)", "a key id")
    s3_secret_access_key: str = secret("its key, together with S3_ACCESS_KEY_ID", "a key")
    s3_public_url: WebAddress = setting("where clients read the bucket, a CDN perhaps", WEB_ADDRESS)

    secret_key: SecretKey = secret(
        "signs links and cursors (generated in development)", "at least 32 characters long"
    )
    jwt_private_key: PrivateKey = secret(
        "signs tokens, RSA in PEM (generated in development)",
        "an RSA private key of 2048 bits or more, in PEM",
    )
    allowed_origins: Origins = setting(
        "origins that may call from a browser, comma separated (none)",
        "a list of https://host, without paths",
        default=(),
    )
    allowed_redirect_hosts: Names = setting(
        "hosts that links in e-mails may lead to, comma separated (PUBLIC_URL's; any in development)",
        "a list of hosts",
        default=(),
    )

    invoice_seller: str = setting(
        "who sells, as invoices say it, lines apart by ; (the channel's name)", "a name and an address"
    )

    smtp_url: str = secret(
        "mail server, smtp://user:password@host:587 (mails are printed)",
        "an address that starts with smtp:// or smtps://",
        pattern=r"^(smtps?://.+)?$",
    )
    mail_from: str = setting(
        "sender of mails", "an e-mail address", default="Matvis <shop@localhost>", pattern="@"
    )
    stripe_accounts: StripeAccounts = secret(
        "accounts with Stripe, JSON by their ids: see docs/payments.md (none)",
        "JSON as docs/payments.md shows it, with the keys of each account",
        default=(),
    )
    log_level: Literal["debug", "info", "warning", "error"] = setting(
        "debug, info, warning or error", "debug, info, warning or error", default="info"
    )
    metrics_token: str = secret(
        "who sends it as a bearer token may read /metrics (only this machine may)", "a text"
    )
    otel_exporter_otlp_endpoint: WebAddress = setting(
        "OpenTelemetry's collector, http://host:4318: traces are sent there (none)", WEB_ADDRESS
    )
    drain_seconds: float = setting(
        "seconds of service after SIGTERM, while /readyz says no",
        "a number of seconds, 0 or more",
        default=0.0,
        ge=0,
        allow_inf_nan=False,
    )
    cost_limit_guest: Cost = setting("what an operation of a guest may cost", COST, default=50_000)
    cost_limit_customer: Cost = setting("what one of a customer may cost", COST, default=100_000)
    cost_limit_staff: Cost = setting("what one of staff may cost", COST, default=500_000)
    cost_budget: int = setting(
        "cost that a caller may run up at once; 0 counts nothing (0 in development)",
        "a whole number, 0 or more",
        default=1_000_000,
        ge=0,
    )
    cost_restored: int = setting(
        "how much of it comes back each second", "a whole number above 0", default=50_000, ge=1
    )
    login_budget: int = setting(
        "logins, and letters, that a caller may ask for each minute; 0 counts nothing (300 in development)",
        "a whole number, 0 or more",
        default=30,
        ge=0,
    )
    code_budget: int = setting(
        "promo codes that a caller may try each minute; 0 counts nothing (300 in development)",
        "a whole number, 0 or more",
        default=30,
        ge=0,
    )
    unmetered_networks: Networks = setting(
        "networks whose callers have no budgets, comma separated (none)",
        "a list of networks, such as 10.0.0.0/8",
        default=(),
    )

    trusted_documents: Path | None = setting(
        "documents known by their hash: a manifest, or a folder of them", "a path", default=None
    )
    only_trusted_documents: bool = setting("whether nothing else is served", "true or false", default=False)
    automatic_documents: bool = setting(
        "whether clients may teach us documents (APQ)", "true or false", default=True
    )

    cache_bytes: int = setting(
        "memory for answers that are the same for everybody; 0 keeps none (64 MiB)",
        "a whole number, 0 or more",
        default=64 << 20,
        ge=0,
    )
    cache_shared: bool = setting(
        "whether processes share such answers through Redis", "true or false", default=True
    )

    document_tokens: int = most("words and signs that a document may have", 2_000, least=100)
    document_tokens_guest: int = most("words and signs that a guest's may have", 1_200, least=100)
    document_depth: int = most("levels of fields that it may have", 20)
    document_depth_guest: int = most("levels that a guest's may have", 15)
    document_selections: int = most("fields that it may select, each fragment written out", 3_000)
    document_selections_guest: int = most("fields that a guest's may select", 1_500)
    document_aliases: int = most("aliases that it may have", 250)
    document_aliases_guest: int = most("aliases that a guest's may have", 100)
    document_root_fields: int = most("root fields that an operation may have", 50)
    document_root_fields_guest: int = most("root fields that a guest's may have", 25)
    graphiql: bool = setting("the explorer (on in development)", "true or false", default=False)
    introspection: Literal["everyone", "staff", "nobody"] = setting(
        "who may read the schema: everyone (the default in development), staff or nobody",
        "everyone, staff or nobody",
        default="staff",
    )

    @classmethod
    def load(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """The settings that ``environ`` holds, with the keys that development makes for itself.

        Makes DATA_DIR and keeps those keys there. Raises ``SettingsError``.
        """
        source = EnvSettingsSource(cls)
        source.env_vars = {name.lower(): value.strip() for name, value in environ.items() if value.strip()}
        given = source()
        if given.get("environment", "development") == "development":
            given = {**DEVELOPMENT, **given}
        try:
            settings = cls(**given)
        except ValidationError as error:
            raise SettingsError("\n".join(_sentences(cls, error))) from error

        own: dict[str, str] = {"public_url": settings.public_url or _local_url(settings.host, settings.port)}
        if settings.environment == "development":
            try:
                own["secret_key"] = settings.secret_key or keys.kept(
                    settings.data_dir / "secret_key", keys.secret
                )
                own["jwt_private_key"] = settings.jwt_private_key or keys.kept(
                    settings.data_dir / "jwt_private_key.pem", generate_private_key
                )
            except OSError as error:
                raise SettingsError(
                    f"DATA_DIR {settings.data_dir} cannot be used: {error.strerror}."
                ) from error
        return settings.model_copy(update=own)

    @classmethod
    def settings_customise_sources(cls, *_: Any, **sources: Any) -> tuple[PydanticBaseSettingsSource, ...]:
        # Only what `load` was given: no second look at the process's environment, no .env file.
        return (sources["init_settings"],)

    @property
    def session_url(self) -> str:
        """Where locks and notices hold that belong to a session: no pooler stands between."""
        return self.database_direct_url or self.database_url

    @property
    def redirect_hosts(self) -> tuple[str, ...]:
        """The hosts that links in mails may lead to; none means any, which is for development alone."""
        if self.allowed_redirect_hosts or self.environment == "development":
            return self.allowed_redirect_hosts
        return (urlsplit(self.public_url).hostname or "",)

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        if self.environment == "production":
            needed = ("database_url", "redis_url", "secret_key", "jwt_private_key", "public_url")
            missing = [name.upper() for name in needed if not getattr(self, name)]
            if missing:
                raise ValueError(f"ENVIRONMENT is production, and requires {' and '.join(missing)}.")
        if self.database_transaction_pooler and not self.database_direct_url:
            raise ValueError("DATABASE_TRANSACTION_POOLER is true, and requires DATABASE_DIRECT_URL.")
        if self.only_trusted_documents and self.trusted_documents is None:
            raise ValueError("ONLY_TRUSTED_DOCUMENTS is true, and requires TRUSTED_DOCUMENTS.")
        if self.database_pool_min > self.database_pool_max:
            raise ValueError(
                f"DATABASE_POOL_MIN is {self.database_pool_min}, and must not be above "
                f"DATABASE_POOL_MAX, which is {self.database_pool_max}."
            )
        if bool(self.s3_access_key_id) != bool(self.s3_secret_access_key):
            raise ValueError("S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY must be given together.")
        return self


def _local_url(host: str, port: int) -> str:
    reached = {"0.0.0.0": "localhost", "::": "localhost"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


def _sentences(model: type[BaseSettings], error: ValidationError) -> list[str]:
    """One sentence for each wrong setting; a secret's value is never repeated."""
    sentences: dict[str, str] = {}
    for fault in error.errors(include_url=False):
        if not fault["loc"]:
            sentences[""] = str(fault["ctx"]["error"])
            continue
        name = str(fault["loc"][0])
        field = model.model_fields[name]
        assert isinstance(field.json_schema_extra, dict), "every field is made by `setting`"
        shown = f"is {fault['input']!r}, and " if field.repr else ""
        sentences[name] = f"{name.upper()} {shown}must be {field.json_schema_extra['must']}."
    return list(sentences.values())
