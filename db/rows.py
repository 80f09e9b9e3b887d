"""Rows as they come from Postgres: asyncpg records with typed names, and no copy made."""

import inspect
from operator import itemgetter
from typing import Any

import asyncpg


class Row(asyncpg.Record):
    """A record whose columns are declared as annotations and read as attributes.

    A subclass names what one kind of statement selects. Nothing is converted: ``numeric`` is ``Decimal``,
    ``jsonb`` its text, ``timestamptz`` an aware ``datetime``. Two rows with equal columns are equal.
    """

    __slots__ = ()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name in inspect.get_annotations(cls):
            setattr(cls, name, property(itemgetter(name)))
