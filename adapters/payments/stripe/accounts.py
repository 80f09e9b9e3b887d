"""An account with Stripe, which is one gateway of the shop."""

from collections.abc import Sequence
from dataclasses import dataclass, field

API = "https://api.stripe.com"


@dataclass(frozen=True, slots=True)
class StripeAccount:
    """``id`` is the gateway's, ``channels`` the slugs of those that offer it. Its secrets are never shown.

    Without a ``webhook_secret`` no message is believed, and Stripe is asked how payments stand. ``api_base``
    is another address than Stripe's in tests.
    """

    id: str
    publishable_key: str
    secret_key: str = field(repr=False)
    webhook_secret: str = field(default="", repr=False)
    channels: Sequence[str] = ()
    name: str = "Stripe"
    api_base: str = API
