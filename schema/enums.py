"""Enums of the domain as the API's own, with a text for each value."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition


def declare(kind: type[Enum], name: str, description: str, texts: Mapping[Any, str]) -> None:
    """Make ``kind`` the API's enum ``name``; ``texts`` has a description for every member."""
    strawberry.enum(kind, name=name, description=description)
    definition: StrawberryEnumDefinition = kind.__strawberry_definition__  # type: ignore[attr-defined]
    for value in definition.values:
        value.description = texts[kind[value.name]]
