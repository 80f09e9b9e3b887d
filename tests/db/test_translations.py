"""Translations, against Postgres."""

from db import translations
from db.pool import Database
from tests.factory import Factory


async def test_a_dialect_is_patched_from_its_language(database: Database, factory: Factory) -> None:
    pen, mug, rug = [await factory.category(name) for name in ("Pen", "Mug", "Rug")]
    await factory.translation("Category", pen, "PT", name="Caneta", slug="caneta", seo_title="Canetas")
    await factory.translation("Category", pen, "PT_BR", seo_title="Canetas legais")
    await factory.translation("Category", mug, "PT", name="Caneca")
    await factory.translation("Category", rug, "PL", name="Dywan")
    keys = [(row.id, language) for row in (pen, mug, rug) for language in ("PT_BR", "PT")]

    async with database.read() as connection:
        found = await translations.of_kind("Category", translations.CategoryTranslationRow, connection, keys)

    assert {
        (row.object_id, row.asked): (row.language, row.name, row.seo_title, row.slug) for row in found
    } == {
        (pen.id, "PT_BR"): ("PT_BR", "Caneta", "Canetas legais", "caneta"),
        (pen.id, "PT"): ("PT", "Caneta", "Canetas", "caneta"),
        (mug.id, "PT_BR"): ("PT", "Caneca", None, None),
        (mug.id, "PT"): ("PT", "Caneca", None, None),
    }


async def test_the_nearest_language_names_the_object(database: Database, factory: Factory) -> None:
    here, there, other = [await factory.page(title) for title in ("Here", "There", "Other")]
    await factory.translation("Page", here, "ZH_HANT_HK", slug="one")
    await factory.translation("Page", there, "ZH", slug="one")
    await factory.translation("Page", other, "ZH_HANT", slug="two")
    await factory.translation("Category", other, "ZH", slug="three")

    async with database.read() as connection:
        hong_kong = await translations.object_by_slug(
            connection, "Page", "ZH_HANT_HK", ["one", "two", "three"]
        )
        chinese = await translations.object_by_slug(connection, "Page", "ZH", ["one", "two", "three"])

    assert [(row.slug, row.object_id) for row in hong_kong] == [("one", here.id), ("two", other.id)]
    assert [(row.slug, row.object_id) for row in chinese] == [("one", there.id)]
