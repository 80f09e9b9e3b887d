"""What an address is used for."""

from domain.accounts import AddressUse
from schema.enums import declare

# Whoever declares a field with it takes it from here: it is no enum of the API before this has run.
__all__ = ["AddressUse"]

declare(
    AddressUse,
    "AddressTypeEnum",
    "What an address is used for.",
    {AddressUse.BILLING: "Bills.", AddressUse.SHIPPING: "Goods."},
)
