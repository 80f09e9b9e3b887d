"""Conditions as SQL: a fragment for each predicate, put together by shape, with every value bound.

A condition's text depends on its shape alone, so a shape is compiled once and prepared once a connection.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from db.statements import Statement
from domain.conditions import AnyOf, Condition, Holds

NAME = re.compile(r":(\w+)")


def rendered(condition: Condition, predicates: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """The condition as SQL with ``:names``, and the values by name.

    A predicate's own values are numbered by where it stands; other names in its fragment are left to the
    statement.
    """
    values: dict[str, Any] = {}
    return _rendered(condition, predicates, values), values


def _rendered(condition: Condition, predicates: Mapping[str, str], values: dict[str, Any]) -> str:
    if isinstance(condition, Holds):
        number, own = len(values), condition.values
        values.update({f"{name}_{number}": value for name, value in own.items()})
        fragment = NAME.sub(
            lambda found: f":{found[1]}_{number}" if found[1] in own else found[0], predicates[condition.name]
        )
        return f"({fragment})"
    word, nothing = ("or", "false") if isinstance(condition, AnyOf) else ("and", "true")
    parts = [_rendered(part, predicates, values) for part in condition.parts]
    return f"({f' {word} '.join(parts)})" if parts else nothing


@lru_cache(maxsize=512)
def statement(sql: str) -> Statement:
    """The statement with this text, compiled once."""
    return Statement(sql)
