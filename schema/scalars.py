"""The API's own scalars: how each is written, and what is taken for one."""

import datetime as dt
from decimal import Decimal as ExactDecimal
from decimal import InvalidOperation
from typing import Any, NewType
from uuid import UUID

import orjson
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition, scalar

from engine.uploads import Upload, read_upload

JSONString = NewType("JSONString", str)
JSON = NewType("JSON", object)
Decimal = NewType("Decimal", ExactDecimal)
PositiveDecimal = NewType("PositiveDecimal", ExactDecimal)
PositiveInt = NewType("PositiveInt", int)
Minute = NewType("Minute", int)
DateTime = NewType("DateTime", dt.datetime)
Date = NewType("Date", dt.date)

LARGEST = ExactDecimal(10) ** 15
DIGITS = 18  # after the point
LARGEST_INT = 2**31 - 1


def _write_json(value: Any) -> Any:
    """A database's JSON text is opened; anything else is passed on."""
    return orjson.loads(value) if isinstance(value, str) else value


def _read_json(value: Any) -> Any:
    """What a document spells out may be more than JSON can be written with, such as an endless integer."""
    try:
        orjson.dumps(value)
    except TypeError:
        raise GraphQLError("Not a JSON value that can be kept.") from None
    return value


def _read_json_string(value: Any) -> str:
    try:
        orjson.loads(value)
    except (TypeError, orjson.JSONDecodeError):
        raise GraphQLError("JSONString has to be a text that holds JSON.") from None
    return str(value)


def _read_decimal(value: Any) -> ExactDecimal:
    try:
        number = ExactDecimal(str(value))  # a boolean's text is no number either
    except InvalidOperation:
        raise GraphQLError("Not a decimal number.") from None
    if not number.is_finite() or abs(number) > LARGEST or number != round(number, DIGITS):
        raise GraphQLError("Not a decimal number of a usable size.")
    return number


def _read_positive_decimal(value: Any) -> ExactDecimal:
    number = _read_decimal(value)
    if number < 0:
        raise GraphQLError("The number may not be below 0.")
    return number


def _read_positive_int(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= LARGEST_INT:
        raise GraphQLError("Not a whole number from 0 on.")
    return value


def _read_date_time(value: Any) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise GraphQLError("Not a point in time, such as 2026-05-01T12:00:00+00:00.") from None
    try:
        return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    except OverflowError:
        raise GraphQLError("Not a point in time that can be kept.") from None


def _read_date(value: Any) -> dt.date:
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise GraphQLError("Not a date, such as 2026-05-01.") from None


def _read_uuid(value: Any) -> UUID:
    try:
        return UUID(value)
    except (AttributeError, TypeError, ValueError):
        raise GraphQLError("Not a UUID.") from None


def _iso(value: Any) -> str:
    return str(value.isoformat())


SCALARS: dict[object, ScalarDefinition] = {
    JSONString: scalar(
        name="JSONString",
        description="JSON, written in a string.",
        serialize=str,
        parse_value=_read_json_string,
    ),
    JSON: scalar(name="JSON", description="Any JSON value.", serialize=_write_json, parse_value=_read_json),
    Decimal: scalar(
        name="Decimal",
        description="An exact decimal number, as a number or a string.",
        serialize=float,
        parse_value=_read_decimal,
    ),
    PositiveDecimal: scalar(
        name="PositiveDecimal",
        description="An exact decimal number from 0 on, as a number or a string.",
        serialize=float,
        parse_value=_read_positive_decimal,
    ),
    PositiveInt: scalar(
        name="PositiveInt",
        description="A whole number from 0 on.",
        serialize=int,
        parse_value=_read_positive_int,
    ),
    Minute: scalar(
        name="Minute",
        description="So many minutes, from 0 on.",
        serialize=int,
        parse_value=_read_positive_int,
    ),
    DateTime: scalar(
        name="DateTime",
        description="A point in time as ISO 8601; without an offset it is UTC.",
        serialize=_iso,
        parse_value=_read_date_time,
    ),
    UUID: scalar(name="UUID", description="A UUID.", serialize=str, parse_value=_read_uuid),
    Date: scalar(
        name="Date", description="A date as ISO 8601: 2026-05-01.", serialize=_iso, parse_value=_read_date
    ),
    Upload: scalar(
        name="Upload",
        description="A file, sent as multipart/form-data by the graphql-multipart-request specification.",
        parse_value=read_upload,
    ),
}
