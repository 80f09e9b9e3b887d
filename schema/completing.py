"""What completing a checkout answers with."""

import strawberry

from schema.checkout_payloads import CheckoutError
from schema.orders import Order
from schema.scalars import JSONString


@strawberry.type(description="A checkout that has become an order, or why it has not.")
class CheckoutComplete:
    order: Order | None = strawberry.field(default=None, description="The order.")
    confirmation_needed: bool = strawberry.field(
        default=False, description="Always false: payments are confirmed before the checkout is completed."
    )
    confirmation_data: JSONString | None = strawberry.field(
        default=None, description="Always null, as nothing needs to be confirmed."
    )
    errors: list[CheckoutError] = strawberry.field(default_factory=list, description="Why there is no order.")
