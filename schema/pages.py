"""Pages of text, and their types."""

from typing import ClassVar

import strawberry

from db.pages import PageRow, PageTypeRow
from domain.conditions import ALWAYS, AnyOf, Condition, Holds, both, check_size
from engine.words import attribute, batch_field, edge
from loaders.attributes import AttributeLoaders
from loaders.pages import PageTypeLoaders
from loaders.translations import TranslationLoaders
from schema.assigned_attributes import AssignedAttribute, assigned_attribute, assigned_attributes
from schema.attributes import Attribute, SelectedAttribute, selected_attributes
from schema.cache_hints import AS_ABOVE, CATALOGUE
from schema.conditions import Table, attribute_value, condition_of, id_filter, some_ids, texts
from schema.connections import PageInfo, counts
from schema.filters import (
    AssignedAttributeWhereInput,
    GlobalIDFilterInput,
    MetadataFilterInput,
    StringFilterInput,
    chosen,
)
from schema.ids import global_id
from schema.metadata import Node, ObjectWithMetadata
from schema.scalars import DateTime, JSONString
from schema.translations import PageTranslation, translation


@strawberry.type(description="What pages of one kind have in common.", directives=[CATALOGUE])
class PageType(Node, ObjectWithMetadata):
    represents: ClassVar[type] = PageTypeRow

    id: strawberry.ID = global_id("PageType")
    name: str = attribute("The name.")
    slug: str = attribute("The name that clients ask by.")
    attributes: list[Attribute] | None = edge(
        AttributeLoaders.of_page_type, key="id", description="What can be said about its pages."
    )


@strawberry.type(description="A page of text, such as an imprint or a brand's story.", directives=[CATALOGUE])
class Page(Node, ObjectWithMetadata):
    represents: ClassVar[type] = PageRow

    id: strawberry.ID = global_id("Page")
    title: str = attribute("The title.")
    slug: str = attribute("The name that clients ask by.")
    content: JSONString | None = attribute("The text, in the editor's JSON.")
    seo_title: str | None = attribute("The title for search engines.")
    seo_description: str | None = attribute("The description for search engines.")
    is_published: bool = attribute("Whether shoppers see it, once its time has come.")
    published_at: DateTime | None = attribute("From when on shoppers see it.")
    created: DateTime = attribute("When it was made.", column="created_at")
    page_type: PageType = edge(
        PageTypeLoaders.by_id, key="page_type_id", description="What it has in common with others."
    )
    translation: PageTranslation | None = translation(TranslationLoaders.page)
    assigned_attribute: AssignedAttribute | None = batch_field(
        assigned_attribute(AttributeLoaders.of_page), description="One of its attributes, by slug."
    )
    assigned_attributes: list[AssignedAttribute] = batch_field(
        assigned_attributes(AttributeLoaders.of_page), description="Its attributes, in its type's order."
    )
    attributes: list[SelectedAttribute] = batch_field(
        selected_attributes(AttributeLoaders.of_page),
        description="Its attributes with their values.",
        deprecated="Use `assignedAttributes`.",
    )


@strawberry.type(description="A page of text in a list.", directives=[AS_ABOVE])
class PageCountableEdge:
    node: Page = attribute("The page of text.")
    cursor: str = attribute("Where it stands.")


@strawberry.type(description="Pages of text, so many at a time.", directives=[AS_ABOVE])
class PageCountableConnection:
    edges: list[PageCountableEdge] = attribute("The pages of text.")
    page_info: PageInfo = attribute("Where this part of the list stands.")
    total_count: int | None = batch_field(counts, description="How many there are in the whole list.")


@strawberry.input(description="Which pages; every condition given has to hold.")
class PageWhereInput:
    metadata: MetadataFilterInput | None = strawberry.field(description="Public metadata.", default=None)
    ids: list[strawberry.ID] | None = strawberry.field(description="One of these.", default=None)
    slug: StringFilterInput | None = strawberry.field(description="The slug.", default=None)
    page_type: GlobalIDFilterInput | None = strawberry.field(description="The type.", default=None)
    attributes: list[AssignedAttributeWhereInput] | None = strawberry.field(
        description="Attributes; each of them has to match.", default=None
    )
    all_of: list["PageWhereInput"] | None = strawberry.field(
        name="AND", description="All of this too.", default=None
    )
    any_of: list["PageWhereInput"] | None = strawberry.field(
        name="OR", description="And at least one of these.", default=None
    )


def _metadata(given: MetadataFilterInput) -> Condition:
    allowed = chosen(given.value.eq, given.value.one_of) if given.value else None
    if allowed is None:
        return Holds("has_metadata", {"key": given.key})
    return AnyOf(tuple(Holds("metadata", {"key": given.key, "value": value}) for value in allowed))


def _attributes(given: list[AssignedAttributeWhereInput]) -> Condition:
    return both(*(attribute_value(one.slug, one.value) for one in given))


def _all_of(given: list[PageWhereInput]) -> Condition:
    return both(*(condition_of(one, WHERE) for one in given))


def _any_of(given: list[PageWhereInput]) -> Condition:
    return AnyOf(tuple(condition_of(one, WHERE) for one in given)) if given else ALWAYS


WHERE: Table = {
    "metadata": _metadata,
    "ids": some_ids("ids", "Page", "ids"),
    "slug": texts("slugs"),
    "page_type": id_filter("page_types", "PageType", "pageType"),
    "attributes": _attributes,
    "all_of": _all_of,
    "any_of": _any_of,
}


def page_condition(given: PageWhereInput | None) -> Condition:
    """In the predicates of ``db.pages``. Raises ``Invalid``, ``InvalidId``."""
    condition = ALWAYS if given is None else condition_of(given, WHERE)
    check_size(condition, "where")
    return condition
