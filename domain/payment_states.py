"""How far something is paid: functions of amounts alone, so that nothing can be out of date."""

from decimal import Decimal
from enum import StrEnum

from domain.money import ZERO


class ChargeStatus(StrEnum):
    NONE = "NONE"
    PARTIAL = "PARTIAL"
    FULL = "FULL"
    OVERCHARGED = "OVERCHARGED"


class AuthorizeStatus(StrEnum):
    NONE = "NONE"
    PARTIAL = "PARTIAL"
    FULL = "FULL"


PAID = frozenset({ChargeStatus.FULL, ChargeStatus.OVERCHARGED})
"""Nothing remains to be paid."""


def charge_status(total: Decimal, charged: Decimal, granted: Decimal = ZERO) -> ChargeStatus:
    """How much of ``total``, less what is ``granted`` back, was charged. What costs nothing is charged."""
    due = max(total - granted, ZERO)
    if charged > due:
        return ChargeStatus.OVERCHARGED
    if charged == due:
        return ChargeStatus.FULL
    return ChargeStatus.PARTIAL if charged > 0 else ChargeStatus.NONE


def authorize_status(
    total: Decimal, authorized: Decimal, charged: Decimal, granted: Decimal = ZERO
) -> AuthorizeStatus:
    """How much of ``total``, less what is ``granted`` back, is promised or charged.

    What costs nothing is covered.
    """
    due = max(total - granted, ZERO)
    covered = authorized + charged
    if covered >= due:
        return AuthorizeStatus.FULL
    return AuthorizeStatus.PARTIAL if covered > 0 else AuthorizeStatus.NONE
