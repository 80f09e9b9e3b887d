from decimal import Decimal

import pytest

from domain.imports.csv_rows import FileRefused
from domain.imports.shopify import Catalogue, Item, Picture
from domain.imports.slugs import free_slug, slug_of

COLUMNS = [
    *("Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published"),
    *("Option1 Name", "Option1 Value", "Option2 Name", "Option2 Value"),
    *("Variant SKU", "Variant Grams", "Variant Inventory Tracker", "Variant Inventory Qty"),
    *("Variant Inventory Policy", "Variant Price", "Variant Compare At Price", "Variant Requires Shipping"),
    *("Variant Barcode", "Image Src", "Image Position", "Image Alt Text", "Variant Image"),
    *("Google Shopping / Google Product Category", "Cost per item", "Variant Taxable"),
]


def row(**values: str) -> bytes:
    """A row with these columns; a double underscore is a blank in a column's name."""
    given = {name.replace("__", " "): value for name, value in values.items()}
    assert given.keys() <= set(COLUMNS)
    return (",".join(f'"{given.get(name, "")}"' for name in COLUMNS) + "\n").encode()


def read(*rows: bytes, file: str = "shop.csv", into: Catalogue | None = None) -> list[Item]:
    catalogue = into or Catalogue()
    catalogue.add(file, [(",".join(COLUMNS) + "\n").encode(), *rows])
    return list(catalogue.items.values())


MUG = {"Handle": "mug", "Title": "Mug", "Variant__Price": "9.99"}


def test_rows_of_one_handle_are_one_product_with_its_variants_and_pictures() -> None:
    (item,) = read(
        row(
            **MUG,
            Tags="blue, clay,blue",
            Option1__Name="Size",
            Option1__Value="Small",
            Variant__SKU="'001",
            Variant__Grams="250",
            Variant__Inventory__Tracker="shopify",
            Variant__Inventory__Qty="-3",
            Variant__Compare__At__Price="12",
            Image__Src="https://x.example/1.jpg",
            Image__Position="1",
            Image__Alt__Text="From the side",
        ),
        row(
            Handle="mug",
            Option1__Value="Large",
            Variant__Price="14",
            Variant__Image="https://x.example/2.jpg",
        ),
        row(Handle="mug", Image__Src="https://x.example/3.jpg", Image__Position="3"),
    )

    assert (item.option_names, item.tags, item.published) == (("Size",), ("blue", "clay"), True)
    small, large = item.variations
    assert (small.options, small.sku, small.grams, small.quantity) == (("Small",), "001", Decimal(250), -3)
    assert (small.full_price, small.sale_price, small.tracked) == (Decimal(12), Decimal("9.99"), True)
    assert (large.full_price, large.sale_price, large.tracked) == (Decimal(14), None, False)
    assert item.pictures == [
        Picture("https://x.example/1.jpg", "From the side", 1),
        Picture("https://x.example/2.jpg", "", 2),
        Picture("https://x.example/3.jpg", "", 3),
    ]


def test_a_product_whose_only_variant_is_the_default_has_no_options() -> None:
    (item,) = read(row(**MUG, Option1__Name="Title", Option1__Value="Default Title"))

    assert (item.option_names, item.variations[0].options) == ((), ())


@pytest.mark.parametrize(
    ("google", "type", "path"),
    [
        ("Home > Kitchen > Mugs", "Mugs", ("Home", "Kitchen", "Mugs")),
        ("2169", "Mugs", ("Mugs",)),
        ("", "", ()),
    ],
)
def test_the_category_is_googles_path_or_else_the_type(google: str, type: str, path: tuple[str, ...]) -> None:
    (item,) = read(row(**MUG, Type=type, **{"Google Shopping / Google Product Category": google}))

    assert item.category == path


def test_a_variant_that_sells_on_when_it_is_sold_out_is_not_tracked() -> None:
    (item,) = read(row(**MUG, Variant__Inventory__Tracker="shopify", Variant__Inventory__Policy="continue"))

    assert not item.variations[0].tracked


def test_columns_that_have_no_place_are_counted_unless_they_say_nothing() -> None:
    catalogue = Catalogue()

    read(row(**MUG, Cost__per__item="3", Variant__Taxable="true"), into=catalogue)

    assert catalogue.left_out == {"Cost per item": 1}


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([row(Title="Mug")], "shop.csv:2: column Handle: every row needs the handle of its product"),
        ([row(Handle="mug")], "shop.csv:2: column Title: the first row of a product needs a title"),
        (
            [row(Handle="mug", Title="Mug")],
            "shop.csv:2: column Variant Price: no row of the product has a price",
        ),
        (
            [row(**MUG | {"Variant__Price": "9,99"})],
            "shop.csv:2: column Variant Price: '9,99' is not a price like 9.99",
        ),
        (
            [row(**MUG, Variant__Grams="heavy")],
            "shop.csv:2: column Variant Grams: 'heavy' is not a weight in grams",
        ),
        ([row(**MUG, Published="yes")], "shop.csv:2: column Published: 'yes' is neither true nor false"),
        (
            [row(**MUG, Variant__Inventory__Qty="1.5")],
            "shop.csv:2: column Variant Inventory Qty: '1.5' is not a whole number of units",
        ),
        ([row(**MUG, Option1__Name="Size")], "shop.csv:2: column Option1 Value: is empty"),
        (
            [row(**MUG, Option2__Value="Red")],
            "shop.csv:2: column Option2 Value: has a value, and the product has no such option",
        ),
        (
            [
                row(**MUG, Option1__Name="Size", Option1__Value="S"),
                row(Handle="mug", Option1__Value="S", Variant__Price="1"),
            ],
            "shop.csv:3: column Option1 Value: S is a variant at line 2 already",
        ),
        (
            [row(**MUG, Variant__SKU="A"), row(**MUG | {"Handle": "cup"}, Variant__SKU="A")],
            "shop.csv:3: column Variant SKU: A is at shop.csv:2 already",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_column(rows: list[bytes], sentence: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        read(*rows)

    assert refusal.value.message == sentence


def test_a_product_in_two_files_is_refused() -> None:
    catalogue = Catalogue()
    read(row(**MUG), into=catalogue)

    with pytest.raises(
        FileRefused, match=r"more\.csv:2: column Handle: product mug is in shop\.csv too, at line 2"
    ):
        read(row(**MUG), file="more.csv", into=catalogue)


@pytest.mark.parametrize(
    ("text", "slug"),
    [("Café & Thé", "cafe-the"), ("  ", "item"), ("Größe_XL", "große-xl"), ("рубашка", "рубашка")],
)
def test_names_become_slugs(text: str, slug: str) -> None:
    assert slug_of(text) == slug


def test_a_slug_that_is_taken_gets_a_number() -> None:
    assert free_slug("mug", {"mug", "mug-2"}) == "mug-3"
