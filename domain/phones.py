"""Telephone numbers, kept in E.164."""

import phonenumbers


def normalize(phone: str, country: str) -> str | None:
    """The number as "+48321321888", or none if it cannot be one.

    A number without "+" is read as one dialled in ``country`` (a two-letter code). It must have a length
    that its country uses; that its range is in service is not asked, because ranges open before anybody's
    tables know them. An extension is dropped: E.164 has none.
    """
    try:
        number = phonenumbers.parse(phone, country or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
