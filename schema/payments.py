"""Ways to pay: gateways, and what answers a shopper who uses one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol
from uuid import UUID

import orjson
import strawberry

from adapters.payments.gateway import Gateway
from commands.payments.openings import Opened
from domain.payments import Subject
from engine.words import attribute
from loaders.channels import ChannelLoaders
from schema import ids
from schema.context import Context
from schema.payment_errors import (
    PaymentGatewayConfigError,
    PaymentGatewayConfigErrorCode,
    PaymentGatewayInitializeError,
    TransactionInitializeError,
    TransactionProcessError,
)
from schema.scalars import JSON
from schema.transactions import TransactionEvent, TransactionItem


@dataclass(frozen=True, slots=True)
class ConfigLineRow:
    field: str
    value: str | None


@dataclass(frozen=True, slots=True)
class GatewayRow:
    id: str
    name: str
    currencies: Sequence[str]
    config: Sequence[ConfigLineRow]


class SoldInChannel(Protocol):
    """A row of whatever is sold in a channel, in its currency."""

    @property
    def channel_id(self) -> int: ...

    @property
    def currency(self) -> str: ...


async def available_payment_gateways(
    rows: Sequence[SoldInChannel], context: Context
) -> list[list[GatewayRow]]:
    """For ``batch_field``: the gateways that the channel of each row offers in the row's currency."""
    channels = await context.loading.load_many(ChannelLoaders.by_id, [row.channel_id for row in rows])
    offered = [
        context.shop.gateways.offered(channel.payment_gateways, row.currency, channel.slug) if channel else []
        for row, channel in zip(rows, channels, strict=True)
    ]
    return [
        [_gateway_row(gateway, row.currency) for gateway in gateways]
        for row, gateways in zip(rows, offered, strict=True)
    ]


def _gateway_row(gateway: Gateway, currency: str) -> GatewayRow:
    lines = [ConfigLineRow(name, value) for name, value in gateway.config.items()]
    return GatewayRow(gateway.id, gateway.name, gateway.currencies or [currency], lines)


@strawberry.type(description="A setting of a gateway that browsers may know.")
class GatewayConfigLine:
    represents: ClassVar[type] = ConfigLineRow

    field: str = attribute("What it is called.")
    value: str | None = attribute("What it is.")


@strawberry.type(description="A way to pay.")
class PaymentGateway:
    represents: ClassVar[type] = GatewayRow

    id: strawberry.ID = attribute("What it is asked for by.")
    name: str = attribute("What shoppers know it as.")
    currencies: list[str] = attribute("The currencies that it takes here, by their ISO 4217 codes.")
    config: list[GatewayConfigLine] = attribute("What browsers may know of its settings.")


@strawberry.input(description="A gateway, and what its own form in the browser has for it.")
class PaymentGatewayToInitialize:
    id: str = strawberry.field(description="The gateway.")
    data: JSON | None = strawberry.field(description="Whatever the gateway wants to know.", default=None)


@dataclass(frozen=True, slots=True)
class ConfigRow:
    """``data`` is JSON text."""

    id: str
    data: str | None
    errors: Sequence[PaymentGatewayConfigError]


@strawberry.type(description="What a gateway's form in the browser begins with.")
class PaymentGatewayConfig:
    represents: ClassVar[type] = ConfigRow

    id: str = attribute("The gateway.")
    data: JSON | None = attribute("Whatever the gateway wants its form to know.")
    errors: list[PaymentGatewayConfigError] | None = attribute("Why it gave no answer.")


@strawberry.type(description="The gateways' answers.")
class PaymentGatewayInitialize:
    gateway_configs: list[PaymentGatewayConfig] | None = strawberry.field(
        description="One for each gateway that was asked.", default=None
    )
    errors: list[PaymentGatewayInitializeError] = strawberry.field(
        description="Why no gateway was asked.", default_factory=list
    )


@strawberry.type(description="A payment that was begun.")
class TransactionInitialize:
    transaction: TransactionItem | None = strawberry.field(description="The payment.", default=None)
    transaction_event: TransactionEvent | None = strawberry.field(
        description="How it stands: what was told of it last.", default=None
    )
    data: JSON | None = strawberry.field(
        description="What the gateway has for its form in the browser.", default=None
    )
    errors: list[TransactionInitializeError] = strawberry.field(
        description="Why no payment was begun.", default_factory=list
    )


@strawberry.type(description="A payment that was taken further.")
class TransactionProcess:
    transaction: TransactionItem | None = strawberry.field(description="The payment.", default=None)
    transaction_event: TransactionEvent | None = strawberry.field(
        description="How it stands: what was told of it last.", default=None
    )
    data: JSON | None = strawberry.field(
        description="What the gateway has for its form in the browser.", default=None
    )
    errors: list[TransactionProcessError] = strawberry.field(
        description="Why the payment was not taken further.", default_factory=list
    )


def parse_payable(text: str) -> tuple[Subject, UUID]:
    """The checkout or order of a global id. Raises ``InvalidId``."""
    kind, _ = ids.split(text)
    if kind not in Subject.__members__.values():
        raise ids.InvalidId("This is the id neither of a checkout nor of an order.", field="id")
    return Subject(kind), ids.parse_uuid(kind, text)


def config_row(opened: Opened) -> ConfigRow:
    """A gateway's answer as the API shows it."""
    errors = []
    if opened.refusal is not None:
        code = PaymentGatewayConfigErrorCode[opened.refusal.code]
        errors = [
            PaymentGatewayConfigError(field=opened.refusal.field, message=opened.refusal.message, code=code)
        ]
    return ConfigRow(opened.gateway, json_text(opened.data), errors)


def json_text(data: Any) -> str | None:
    """JSON as a database would hold it, so that a plain text is not taken for JSON."""
    return None if data is None else orjson.dumps(data).decode()
