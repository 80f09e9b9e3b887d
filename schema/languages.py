"""Languages."""

from typing import ClassVar

import strawberry

from domain import languages
from domain.languages import LanguageCode
from engine.words import attribute, inline

strawberry.enum(
    LanguageCode,
    name="LanguageCodeEnum",
    description="A language, with its script and country where they matter.",
)


@strawberry.type(description="A language.")
class LanguageDisplay:
    represents: ClassVar[type] = languages.Language

    code: LanguageCode = attribute("The language's code.")
    language: str = inline(languages.name, "code", description="The name, in English.")
