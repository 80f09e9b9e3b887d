"""What the shop's objects are called in other languages."""

from functools import partial
from typing import Any, ClassVar

import strawberry

from db import translations
from domain import languages
from domain.languages import LanguageCode
from engine.words import Arg, argument, attribute, edge, inline
from loaders.batching import One
from schema.cache_hints import AS_ABOVE
from schema.ids import to_global
from schema.languages import LanguageDisplay
from schema.metadata import Node
from schema.scalars import JSONString

LANGUAGE_CODE = argument(
    "language_code", LanguageCode, "The language; what a dialect lacks is taken from its language."
)


def translation(relation: One[Any, Any]) -> Any:
    """The field ``translation`` of a type whose rows have an ``id``."""
    return edge(
        relation,
        key=("id", Arg("language_code")),
        arguments=[LANGUAGE_CODE],
        description="Its texts in another language; null where there are none.",
    )


def _make_id(kind: str, object_id: int, language: str) -> strawberry.ID:
    return to_global(f"{kind}:{language}", object_id)


def _id(kind: str) -> Any:
    return inline(partial(_make_id, kind), "object_id", "language", description="The global id.")


def _language() -> Any:
    return inline(
        languages.Language,
        "language",
        description="The language; that of the nearest text where a dialect has none.",
    )


def _text(name: str | None) -> str:
    return name or ""


def _name() -> Any:
    return inline(
        _text, "name", nulls=True, description="The name; empty where only other texts are translated."
    )


@strawberry.type(description="A product's texts in another language.", directives=[AS_ABOVE])
class ProductTranslation(Node):
    represents: ClassVar[type] = translations.ProductTranslationRow

    id: strawberry.ID = _id("ProductTranslation")
    language: LanguageDisplay = _language()
    name: str | None = attribute("The name.")
    slug: str | None = attribute("The slug.")
    description: JSONString | None = attribute("The description, in the editor's JSON.")
    seo_title: str | None = attribute("The title for search engines.")
    seo_description: str | None = attribute("The description for search engines.")


@strawberry.type(description="A variant's name in another language.", directives=[AS_ABOVE])
class ProductVariantTranslation(Node):
    represents: ClassVar[type] = translations.VariantTranslationRow

    id: strawberry.ID = _id("ProductVariantTranslation")
    language: LanguageDisplay = _language()
    name: str = _name()


@strawberry.type(description="A category's texts in another language.", directives=[AS_ABOVE])
class CategoryTranslation(Node):
    represents: ClassVar[type] = translations.CategoryTranslationRow

    id: strawberry.ID = _id("CategoryTranslation")
    language: LanguageDisplay = _language()
    name: str | None = attribute("The name.")
    slug: str | None = attribute("The slug.")
    description: JSONString | None = attribute("The description, in the editor's JSON.")
    seo_title: str | None = attribute("The title for search engines.")
    seo_description: str | None = attribute("The description for search engines.")


@strawberry.type(description="A collection's texts in another language.", directives=[AS_ABOVE])
class CollectionTranslation(Node):
    represents: ClassVar[type] = translations.CollectionTranslationRow

    id: strawberry.ID = _id("CollectionTranslation")
    language: LanguageDisplay = _language()
    name: str | None = attribute("The name.")
    slug: str | None = attribute("The slug.")
    description: JSONString | None = attribute("The description, in the editor's JSON.")
    seo_title: str | None = attribute("The title for search engines.")
    seo_description: str | None = attribute("The description for search engines.")


@strawberry.type(description="A page's texts in another language.", directives=[AS_ABOVE])
class PageTranslation(Node):
    represents: ClassVar[type] = translations.PageTranslationRow

    id: strawberry.ID = _id("PageTranslation")
    language: LanguageDisplay = _language()
    title: str | None = attribute("The title.", column="name")
    slug: str | None = attribute("The slug.")
    content: JSONString | None = attribute("The content, in the editor's JSON.", column="description")
    seo_title: str | None = attribute("The title for search engines.")
    seo_description: str | None = attribute("The description for search engines.")


@strawberry.type(description="The text of a menu's link in another language.", directives=[AS_ABOVE])
class MenuItemTranslation(Node):
    represents: ClassVar[type] = translations.MenuItemTranslationRow

    id: strawberry.ID = _id("MenuItemTranslation")
    language: LanguageDisplay = _language()
    name: str = _name()


@strawberry.type(description="An attribute's name in another language.", directives=[AS_ABOVE])
class AttributeTranslation(Node):
    represents: ClassVar[type] = translations.AttributeTranslationRow

    id: strawberry.ID = _id("AttributeTranslation")
    language: LanguageDisplay = _language()
    name: str = _name()


@strawberry.type(description="The texts of an attribute's value in another language.", directives=[AS_ABOVE])
class AttributeValueTranslation(Node):
    represents: ClassVar[type] = translations.ValueTranslationRow

    id: strawberry.ID = _id("AttributeValueTranslation")
    language: LanguageDisplay = _language()
    name: str = _name()
    rich_text: JSONString | None = attribute("The text, in the editor's JSON.", column="description")
    plain_text: str | None = attribute("The text.")
