"""Translations: texts of one object in one language, patched from the languages that stand in for it."""

from collections.abc import Sequence
from typing import TypeVar

from db.rows import Row
from db.statements import Connection, Statement
from domain.languages import widening


class TranslationRow(Row):
    """``asked`` is the language that was asked for, ``language`` the nearest that has anything."""

    object_id: int
    asked: str
    language: str
    name: str | None
    slug: str | None
    description: str | None
    plain_text: str | None
    seo_title: str | None
    seo_description: str | None


class ProductTranslationRow(TranslationRow): ...


class VariantTranslationRow(TranslationRow): ...


class CategoryTranslationRow(TranslationRow): ...


class CollectionTranslationRow(TranslationRow): ...


class PageTranslationRow(TranslationRow): ...


class MenuItemTranslationRow(TranslationRow): ...


class AttributeTranslationRow(TranslationRow): ...


class ValueTranslationRow(TranslationRow): ...


class TranslatedSlugRow(Row):
    object_id: int
    slug: str


T = TypeVar("T", bound=TranslationRow)


def _nearest(column: str) -> str:
    return f"(array_agg({column} order by distance) filter (where {column} is not null))[1] as {column}"


TEXTS = ", ".join(
    map(_nearest, ("name", "slug", "description", "plain_text", "seo_title", "seo_description"))
)
OF_KIND = Statement(f"""
    select asked.object_id, asked.asked, (array_agg(said.language order by distance))[1] as language, {TEXTS}
      from unnest(
               cast(:ids as bigint[]), cast(:asked as text[]), cast(:candidates as text[]),
               cast(:distances as int[])
           ) as asked (object_id, asked, candidate, distance)
      join translations as said
        on said.kind = :kind and said.object_id = asked.object_id and said.language = asked.candidate
     group by asked.object_id, asked.asked
""")
BY_SLUGS = Statement("""
    select distinct on (found.slug) found.object_id, found.slug
      from unnest(cast(:languages as text[])) with ordinality as candidate (language, distance)
      join translations as found
        on found.kind = :kind and found.language = candidate.language and found.slug = any(:slugs)
     order by found.slug, candidate.distance
""")


async def of_kind(
    kind: str, row: type[T], connection: Connection, keys: Sequence[tuple[int, str]]
) -> list[T]:
    """By (object, language asked for). What a dialect lacks comes from its language: from PT for PT_BR."""
    wanted = [
        (object_id, asked, language, distance)
        for object_id, asked in keys
        for distance, language in enumerate(widening(asked))
    ]
    ids, languages, candidates, distances = zip(*wanted, strict=True) if wanted else ((), (), (), ())
    return await OF_KIND.rows(
        connection, row, kind=kind, ids=ids, asked=languages, candidates=candidates, distances=distances
    )


async def object_by_slug(
    connection: Connection, kind: str, language: str, slugs: Sequence[str]
) -> list[TranslatedSlugRow]:
    """The objects with these slugs in the language, or in one that stands in for it; the nearest wins."""
    return await BY_SLUGS.rows(
        connection, TranslatedSlugRow, kind=kind, languages=widening(language), slugs=slugs
    )
