"""From filters to conditions: one small function a field, so that an input is a table of its fields."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from domain.conditions import AnyOf, Condition, Holds, both
from schema import ids
from schema.attributes import REFERENCES
from schema.filters import (
    AssignedAttributeReferenceInput,
    AssignedAttributeValueInput,
    ContainsFilterInput,
    DateRangeInput,
    DecimalFilterInput,
    GlobalIDFilterInput,
    MetadataFilter,
    StringFilterInput,
    chosen,
    day_range,
)

Make = Callable[[Any], Condition]
Table = Mapping[str, Make]


def condition_of(given: object, table: Table) -> Condition:
    """All that an input asks for; a field that was left out asks for nothing."""
    return both(*(make(value) for name, make in table.items() if (value := getattr(given, name)) is not None))


def flag(predicate: str) -> Make:
    """Yes or no."""
    return lambda wanted: Holds(predicate, {"wanted": wanted})


def texts(predicate: str) -> Make:
    """One of these texts, as ``StringFilterInput``."""

    def make(given: StringFilterInput) -> Condition:
        allowed = chosen(given.eq, given.one_of)
        return both() if allowed is None else Holds(predicate, {"texts": allowed})

    return make


def some(predicate: str, *, name: str = "texts") -> Make:
    """One of a list of plain values; an empty list asks for nothing."""
    return lambda values: Holds(predicate, {name: values}) if values else both()


def some_ids(predicate: str, kind: str, field: str) -> Make:
    """One of a list of global ids; an empty list asks for nothing."""
    return lambda given: (
        Holds(predicate, {"ids": [ids.parse(kind, one, field=field) for one in given]}) if given else both()
    )


def id_filter(predicate: str, kind: str, field: str) -> Make:
    """As ``GlobalIDFilterInput``."""

    def make(given: GlobalIDFilterInput) -> Condition:
        allowed = chosen(given.eq, given.one_of)
        if allowed is None:
            return both()
        return Holds(predicate, {"ids": [ids.parse(kind, str(one), field=field) for one in allowed]})

    return make


def numbers(predicate: str) -> Make:
    """As ``DecimalFilterInput``, over ``<predicate>_in`` and ``<predicate>_between``."""

    def make(given: DecimalFilterInput) -> Condition:
        allowed = chosen(given.eq, given.one_of)
        parts: list[Condition] = []
        if allowed is not None:
            parts.append(Holds(f"{predicate}_in", {"numbers": allowed}))
        if given.range is not None:
            parts.append(between(f"{predicate}_between")(given.range))
        return both(*parts)

    return make


def between(predicate: str) -> Make:
    """From ``gte`` to ``lte``, both included; without either, nothing is asked for."""
    return lambda given: bounds(predicate, given.gte, given.lte)


def bounds(predicate: str, low: Any, high: Any) -> Condition:
    return both() if low is None and high is None else Holds(predicate, {"low": low, "high": high})


def metadata(given: Sequence[MetadataFilter]) -> Condition:
    """Each key is there, with its value if one is given."""
    return both(
        *(
            Holds("has_metadata", {"key": one.key})
            if one.value is None
            else Holds("metadata", {"key": one.key, "value": one.value})
            for one in given
        )
    )


def attribute_value(slug: str | None, value: AssignedAttributeValueInput | None) -> Condition:
    """A value of the attribute with this slug (of any where null)."""
    asked = both() if value is None else condition_of(value, VALUE)
    return of_attribute(slug, asked if asked != both() else Holds("value_given", {}))


def of_attribute(slug: str | None, condition: Condition) -> Condition:
    """The same condition, of values of this attribute."""
    if isinstance(condition, Holds):
        return Holds(condition.name, {**condition.values, "slug": slug})
    return type(condition)(tuple(of_attribute(slug, part) for part in condition.parts))


def _days(given: DateRangeInput) -> Condition:
    return bounds("value_moment_between", *day_range(given))


def _contains(make: Callable[[list[str]], Condition]) -> Make:
    """Any of some values, and all of some, each of which may be held by a value of its own."""

    def both_ways(given: ContainsFilterInput) -> Condition:
        parts = [make([one]) for one in given.contains_all or ()]
        if given.contains_any is not None:
            parts.append(make(given.contains_any))
        return both(*parts)

    return both_ways


def _refers(texts_predicate: str) -> Make:
    return _contains(lambda found: Holds(texts_predicate, {"texts": found}))


def _referenced_ids(given: list[str]) -> Condition:
    by_kind: dict[str, list[int]] = {}
    for text in given:
        kind, _ = ids.split(text)
        by_kind.setdefault(kind, []).append(ids.parse(kind, text, field="referencedIds"))
    predicates = {kind: f"value_{column}s" for kind, column in REFERENCES.values()}
    for kind in by_kind.keys() - predicates.keys():
        raise ids.InvalidId(f"No attribute refers to a {kind[:40]}.", field="referencedIds")
    return AnyOf(tuple(Holds(predicates[kind], {"ids": keys}) for kind, keys in by_kind.items()))


def _reference(given: AssignedAttributeReferenceInput) -> Condition:
    return condition_of(given, REFERENCE)


REFERENCE: Table = {
    "referenced_ids": _contains(_referenced_ids),
    "page_slugs": _refers("value_page_slugs"),
    "product_slugs": _refers("value_product_slugs"),
    "product_variant_skus": _refers("value_variant_skus"),
    "category_slugs": _refers("value_category_slugs"),
    "collection_slugs": _refers("value_collection_slugs"),
}
VALUE: Table = {
    "slug": texts("value_slug"),
    "name": texts("value_name"),
    "numeric": numbers("value_number"),
    "date": _days,
    "date_time": between("value_moment_between"),
    "boolean": flag("value_boolean"),
    "reference": _reference,
}
