"""What is said of goods and pages: attributes, their values, and who has them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from commands.demo.goods import Fact
from commands.demo.kinds import ATTRIBUTES, COLOURS, KINDS, PAGE_TYPES, PATTERNED, Kind, Saying
from commands.demo.texts import written
from db.seeding import Rows
from domain.attributes import Entity, InputType

CHOICES = frozenset({InputType.DROPDOWN, InputType.MULTISELECT, InputType.SWATCH, InputType.BOOLEAN})
"""Values that are shared by all who have them."""
POINTERS = {Entity.PRODUCT: "product_id", Entity.PAGE: "page_id", Entity.CATEGORY: "category_id"}
SWATCH_KEY = "demo/speckled.webp"


@dataclass(frozen=True, slots=True)
class Target:
    """Something that a reference may point at."""

    id: int
    name: str


Targets = Mapping[Entity, Mapping[str, Target]]
"""By slug."""

PLAIN: Mapping[InputType, Callable[[str], Mapping[str, Any]]] = {
    InputType.NUMERIC: lambda text: {"name": text, "numeric": text},
    InputType.PLAIN_TEXT: lambda text: {"name": text[:40], "plain_text": text},
    InputType.RICH_TEXT: lambda text: {"name": text[:40], "rich_text": written(text)},
    InputType.DATE: lambda text: {"name": text, "date_time": f"{text}T00:00:00+00:00"},
    InputType.DATE_TIME: lambda text: {"name": text, "date_time": text},
    InputType.FILE: lambda key: {"name": key, "file_key": key, "content_type": "audio/wav"},
}
"""The columns of a value that nobody shares, by what is said."""


class Vocabulary:
    """Attributes and types, and the values that are given to goods and pages one by one."""

    def __init__(self, rows: Rows, tax_classes: Mapping[str, int]) -> None:
        self._rows = rows
        self.attributes = {
            slug: self._attribute(slug, saying, position)
            for position, (slug, saying) in enumerate(ATTRIBUTES.items())
        }
        self.choices = {
            (slug, choice): self._choice(slug, choice, name, position)
            for slug, saying in ATTRIBUTES.items()
            for position, (choice, name) in enumerate(_choices(saying).items())
        }
        self.kinds = {slug: self._kind(slug, kind, tax_classes) for slug, kind in KINDS.items()}
        self.page_types = {slug: self._page_type(slug) for slug in PAGE_TYPES}

    def say(self, owner: str, owner_id: int, slug: str, facts: Mapping[str, Fact], targets: Targets) -> None:
        """Give these values to a ``product``, a ``variant`` or a ``page`` that is called ``slug``."""
        for attribute, fact in facts.items():
            saying = ATTRIBUTES[attribute]
            said = [fact] if isinstance(fact, str | bool) else fact
            for position, one in enumerate(said):
                if saying.input_type in CHOICES:
                    value_id = self.choices[attribute, str(one).lower()]
                else:
                    value_id = self._value(attribute, slug, str(one), position, targets)
                self._rows.put(
                    f"{owner}_attribute_values",
                    **{f"{owner}_id": owner_id, "value_id": value_id, "position": position},
                )

    def _attribute(self, slug: str, saying: Saying, position: int) -> int:
        return self._rows.add(
            "attributes",
            name=saying.name,
            slug=slug,
            kind="PAGE_TYPE" if saying.of_pages else "PRODUCT_TYPE",
            input_type=saying.input_type,
            entity=saying.entity,
            unit=saying.unit,
            position=position,
        )

    def _choice(self, attribute: str, choice: str, name: str, position: int) -> int:
        saying = ATTRIBUTES[attribute]
        is_patterned = saying.input_type is InputType.SWATCH and choice == PATTERNED
        return self._rows.add(
            "attribute_values",
            attribute_id=self.attributes[attribute],
            name=name,
            slug=choice,
            position=position,
            value=COLOURS[choice] if saying.input_type is InputType.SWATCH and not is_patterned else "",
            boolean=choice == "true" if saying.input_type is InputType.BOOLEAN else None,
            file_key=SWATCH_KEY if is_patterned else None,
            content_type="image/webp" if is_patterned else None,
        )

    def _value(self, attribute: str, slug: str, said: str, position: int, targets: Targets) -> int:
        saying = ATTRIBUTES[attribute]
        if saying.entity is not None:
            target = targets[saying.entity][said]
            columns: Mapping[str, Any] = {"name": target.name, POINTERS[saying.entity]: target.id}
        else:
            columns = PLAIN[saying.input_type](said)
        return self._rows.add(
            "attribute_values",
            attribute_id=self.attributes[attribute],
            slug=f"{slug}-{position}",
            position=position,
            value="",
            **columns,
        )

    def _kind(self, slug: str, kind: Kind, tax_classes: Mapping[str, int]) -> int:
        kind_id = self._rows.add(
            "product_types",
            name=kind.name,
            slug=slug,
            kind="GIFT_CARD" if kind.is_gift_card else "NORMAL",
            has_variants=True,
            is_shipping_required=not kind.is_digital,
            is_digital=kind.is_digital,
            weight=kind.weight,
            tax_class_id=tax_classes[kind.tax_class],
        )
        for position, attribute in enumerate(kind.says):
            self._rows.put(
                "product_type_attributes",
                product_type_id=kind_id,
                attribute_id=self.attributes[attribute],
                position=position,
            )
        for position, attribute in enumerate(kind.chosen_by):
            self._rows.put(
                "product_type_variant_attributes",
                product_type_id=kind_id,
                attribute_id=self.attributes[attribute],
                variant_selection=True,
                position=position,
            )
        return kind_id

    def _page_type(self, slug: str) -> int:
        name, says = PAGE_TYPES[slug]
        type_id = self._rows.add("page_types", name=name, slug=slug)
        for position, attribute in enumerate(says):
            self._rows.put(
                "page_type_attributes",
                page_type_id=type_id,
                attribute_id=self.attributes[attribute],
                position=position,
            )
        return type_id


def names_of(facts: Mapping[str, Fact]) -> list[str]:
    """The names of the choices among ``facts``: what a search finds."""
    return [
        ATTRIBUTES[attribute].choices[choice]
        for attribute, fact in facts.items()
        if ATTRIBUTES[attribute].choices
        for choice in ([fact] if isinstance(fact, str) else fact if not isinstance(fact, bool) else [])
    ]


def _choices(saying: Saying) -> Mapping[str, str]:
    return {"true": "Yes", "false": "No"} if saying.input_type is InputType.BOOLEAN else saying.choices
