from decimal import Decimal

import pytest

from domain.payment_states import authorize_status, charge_status


@pytest.mark.parametrize(
    ("total", "charged", "granted", "status"),
    [
        ("30", "0", "0", "NONE"),
        ("30", "0.01", "0", "PARTIAL"),
        ("30", "29.99", "0", "PARTIAL"),
        ("30", "30", "0", "FULL"),
        ("30", "30.01", "0", "OVERCHARGED"),
        ("30", "20", "10", "FULL"),
        ("30", "30", "10", "OVERCHARGED"),
        ("30", "0", "30", "FULL"),
        ("30", "0", "40", "FULL"),
        ("0", "0", "0", "FULL"),
        ("0", "1", "0", "OVERCHARGED"),
    ],
)
def test_how_far_something_is_charged(total: str, charged: str, granted: str, status: str) -> None:
    assert charge_status(Decimal(total), Decimal(charged), Decimal(granted)) == status


@pytest.mark.parametrize(
    ("total", "authorized", "charged", "granted", "status"),
    [
        ("30", "0", "0", "0", "NONE"),
        ("30", "10", "0", "0", "PARTIAL"),
        ("30", "0", "10", "0", "PARTIAL"),
        ("30", "20", "10", "0", "FULL"),
        ("30", "30", "0", "0", "FULL"),
        ("30", "0", "31", "0", "FULL"),
        ("30", "10", "10", "10", "FULL"),
        ("0", "0", "0", "0", "FULL"),
    ],
)
def test_how_far_something_is_authorized(
    total: str, authorized: str, charged: str, granted: str, status: str
) -> None:
    assert authorize_status(Decimal(total), Decimal(authorized), Decimal(charged), Decimal(granted)) == status
