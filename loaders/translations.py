"""Translations, by (object, language)."""

from functools import partial

from db import translations
from db.translations import of_kind
from loaders.batching import one

KEY = "object_id, asked"


class TranslationLoaders:
    product = one(partial(of_kind, "Product", translations.ProductTranslationRow), KEY)
    variant = one(partial(of_kind, "ProductVariant", translations.VariantTranslationRow), KEY)
    category = one(partial(of_kind, "Category", translations.CategoryTranslationRow), KEY)
    collection = one(partial(of_kind, "Collection", translations.CollectionTranslationRow), KEY)
    page = one(partial(of_kind, "Page", translations.PageTranslationRow), KEY)
    menu_item = one(partial(of_kind, "MenuItem", translations.MenuItemTranslationRow), KEY)
    attribute = one(partial(of_kind, "Attribute", translations.AttributeTranslationRow), KEY)
    attribute_value = one(partial(of_kind, "AttributeValue", translations.ValueTranslationRow), KEY)
