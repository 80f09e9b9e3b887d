"""Languages."""

from typing import ClassVar

import strawberry

from domain import languages
from domain.languages import LanguageCode
from engine.words import attribute, inline
from schema.cache_hints import AS_ABOVE

# Whoever declares a field with it takes it from here: it is no enum of the API before it is declared below.
__all__ = ["LanguageCode", "LanguageDisplay"]

strawberry.enum(
    LanguageCode,
    name="LanguageCodeEnum",
    description="A language, with its script and country where they matter.",
)


@strawberry.type(description="A language.", directives=[AS_ABOVE])
class LanguageDisplay:
    represents: ClassVar[type] = languages.Language

    code: LanguageCode = attribute("The language's code.")
    language: str = inline(languages.name, "code", description="The name, in English.")
