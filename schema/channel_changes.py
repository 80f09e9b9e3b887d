"""Changes of channels: what is asked for, what comes back, and what can be wrong."""

from enum import Enum

import strawberry

from domain.channels import AutomaticCompletion
from schema.channels import Channel
from schema.scalars import DateTime, Minute

NEVER = "Nothing here is refused for this."


@strawberry.enum(description="What can be wrong with a change of a channel.")
class ChannelErrorCode(Enum):
    ALREADY_EXISTS = strawberry.enum_value("ALREADY_EXISTS", description=NEVER)
    GRAPHQL_ERROR = strawberry.enum_value("GRAPHQL_ERROR", description="Something else.")
    INVALID = strawberry.enum_value("INVALID", description="This cannot be.")
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="There is no such channel.")
    REQUIRED = strawberry.enum_value("REQUIRED", description=NEVER)
    UNIQUE = strawberry.enum_value("UNIQUE", description=NEVER)
    CHANNELS_CURRENCY_MUST_BE_THE_SAME = strawberry.enum_value(
        "CHANNELS_CURRENCY_MUST_BE_THE_SAME", description=NEVER
    )
    CHANNEL_WITH_ORDERS = strawberry.enum_value("CHANNEL_WITH_ORDERS", description=NEVER)
    DUPLICATED_INPUT_ITEM = strawberry.enum_value("DUPLICATED_INPUT_ITEM", description=NEVER)


@strawberry.type(description="Why a channel was not changed.")
class ChannelError:
    field: str | None = strawberry.field(description="The input that is at fault, if one is.", default=None)
    message: str | None = strawberry.field(description="What is wrong, in words.", default=None)
    code: ChannelErrorCode = strawberry.field(description="What is wrong, for programs.")


@strawberry.input(description="Whether and when what was paid and left becomes an order by itself.")
class CheckoutAutoCompleteInput:
    enabled: bool = strawberry.field(description="Whether it does at all.")
    delay: Minute | None = strawberry.field(
        default=None, description="Minutes after the last sign of the shopper, at most 720; 30 if left out."
    )
    cut_off_date: DateTime | None = strawberry.field(
        default=None, description="Only checkouts that were begun from here on; all of them if left out."
    )


@strawberry.input(description="How a channel treats checkouts; what is left out stays.")
class CheckoutSettingsInput:
    automatic_completion: CheckoutAutoCompleteInput | None = strawberry.field(
        default=None, description="What becomes of those that were paid and left."
    )


@strawberry.input(description="What a channel is to be; what is left out stays.")
class ChannelUpdateInput:
    checkout_settings: CheckoutSettingsInput | None = strawberry.field(
        default=None, description="How it treats checkouts."
    )


@strawberry.type(description="A channel was changed.")
class ChannelUpdate:
    channel: Channel | None = strawberry.field(default=None, description="The channel.")
    errors: list[ChannelError] = strawberry.field(default_factory=list, description="Why nothing was done.")


def completion_of(input: ChannelUpdateInput) -> AutomaticCompletion | None:
    """What is to become of checkouts that were paid and left, where the input says so."""
    given = None if input.checkout_settings is None else input.checkout_settings.automatic_completion
    if given is None:
        return None
    whole = AutomaticCompletion(enabled=given.enabled, cut_off=given.cut_off_date)
    return whole if given.delay is None else AutomaticCompletion(given.enabled, given.delay, whole.cut_off)
