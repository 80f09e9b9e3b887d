from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domain.imports.articles import Article, articles
from domain.imports.country_names import code_of
from domain.imports.csv_rows import FileRefused
from domain.imports.invoices import STOCK_IN, STOCK_OUT, Kind, OpenSales, arrange, sums_by_invoice
from domain.imports.online_retail import COLUMNS, Entry, read

NOON = datetime(2011, 1, 10, 12, tzinfo=UTC)
HEADER = ",".join(COLUMNS)


def entry(
    invoice: str,
    code: str = "22086",
    quantity: int = 1,
    price: str = "2.50",
    *,
    hour: int = 0,
    **others: object,
) -> Entry:
    values: dict[str, object] = {
        "line": 2,
        "description": "Lamp",
        "customer": "17850",
        "country": "Eire",
    } | others
    at = NOON + timedelta(hours=hour)
    return Entry(invoice=invoice, code=code, quantity=quantity, price=Decimal(price), at=at, **values)  # type: ignore[arg-type]


def read_one(row: str) -> Entry:
    return next(read("sales.csv", [f"{HEADER}\n".encode(), row.encode()]))


def test_a_row_is_read_with_its_local_time_and_its_exact_price() -> None:
    summer = read_one("536365,85123a, WHITE  HEART ,6,2011-05-02 08:26:00,0.001,17850.0,United Kingdom")
    winter = read_one("536365,85123a,,6,12/1/2010 8:26,2.55,,United Kingdom")

    assert summer == Entry(
        line=2,
        invoice="536365",
        code="85123A",
        description="WHITE HEART",
        quantity=6,
        at=datetime(2011, 5, 2, 7, 26, tzinfo=UTC),
        price=Decimal("0.001"),
        customer="17850",
        country="United Kingdom",
    )
    assert (winter.at, winter.customer) == (datetime(2010, 12, 1, 8, 26, tzinfo=UTC), None)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (",A,,1,2011-01-01 10:00:00,1,,", "column InvoiceNo: every row needs the number of its invoice"),
        ("1,,,1,2011-01-01 10:00:00,1,,", "column StockCode: every row needs a stock code"),
        ("1,A,,1.5,2011-01-01 10:00:00,1,,", "column Quantity: '1.5' is not a whole number of units"),
        ("1,A,,1,2011-13-01 10:00:00,1,,", "column InvoiceDate: '2011-13-01 10:00:00' is not a time like"),
        ('1,A,,1,2011-01-01 10:00:00,"1,50",,', "column UnitPrice: '1,50' is not a price like 2.55"),
        ("1,A,,1,2011-01-01 10:00:00,0.00001,,", "column UnitPrice: '0.00001' has more than four digits"),
        ("1,A,,-1,2011-01-01 10:00:00,-1,,", "column UnitPrice: is below zero, and so is the quantity"),
    ],
)
def test_a_wrong_row_is_refused_with_its_column(row: str, sentence: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        read_one(row)

    assert refusal.value.message.startswith(f"sales.csv:2: {sentence}")


def test_an_invoice_of_two_customers_is_refused() -> None:
    rows = ["1,A,,1,2011-01-01 10:00:00,1,17850,", "1,B,,1,2011-01-01 10:00:00,1,17851,"]

    with pytest.raises(FileRefused, match=r"sales\.csv:3: column CustomerID: invoice 1 names another"):
        list(read("sales.csv", [f"{line}\n".encode() for line in (HEADER, *rows)]))


def test_postage_is_shipping_and_what_is_no_product_is_a_charge() -> None:
    rows = [
        entry("1"),
        entry("1", "POST", 2, "18"),
        entry("1", "M", 1, "4"),
        entry("1", "GIFT_0001_20", 1, "17"),
    ]

    (sale,) = arrange(rows, OpenSales()).sales

    assert (sale.shipping_price, [row.code for row in sale.lines]) == (
        Decimal(36),
        ["22086", "M", "GIFT_0001_20"],
    )


def test_goods_come_back_from_the_latest_sale_at_their_price_and_the_rest_from_nowhere() -> None:
    rows = [
        entry("1", quantity=5, price="2.50"),
        entry("2", quantity=4, price="3.00", hour=1),
        entry("3", quantity=2, price="2.50", hour=2),
        entry("C4", quantity=-12, price="2.50", hour=3),
        entry("5", quantity=9, price="2.50", hour=4),
    ]

    (credit,) = arrange(rows, OpenSales()).credits

    assert [(line.sale, line.position, line.quantity) for line in credit.lines] == [
        ("3", 0, 2),
        ("1", 0, 5),
        ("2", 0, 4),
        (None, None, 1),
    ]


def test_nobody_gets_back_more_than_was_paid_or_what_another_bought() -> None:
    rows = [
        entry("1", price="2.00"),
        entry("2", customer="99"),
        entry("C3", quantity=-1, price="2.50", hour=1),
        entry("C4", quantity=-1, price="2.00", hour=2, customer=None),
    ]

    books = arrange(rows, OpenSales())

    assert [line.sale for credit in books.credits for line in credit.lines] == [None, None]


def test_postage_comes_back_from_an_order_that_has_enough_of_it_left() -> None:
    rows = [
        entry("1", "POST", 1, "18"),
        entry("C2", "POST", -1, "10", hour=1),
        entry("C3", "POST", -1, "10", hour=2),
        entry("C4", "POST", -1, "8", hour=3),
    ]

    books = arrange(rows, OpenSales())

    assert [(line.kind, line.sale) for credit in books.credits for line in credit.lines] == [
        (Kind.SHIPPING, "1"),
        (Kind.SHIPPING, None),
        (Kind.SHIPPING, "1"),
    ]


def test_a_paper_with_no_price_and_no_customer_is_a_note_about_stock() -> None:
    rows = [
        entry("1", quantity=-40, price="0", customer=None, description="damaged"),
        entry("2", quantity=7, price="0", customer=None, description="Found"),
        entry("3", quantity=7, price="0"),
        entry("4", price="1", customer=None),
        entry("4", quantity=2, price="0", customer=None),
    ]

    books = arrange(rows, OpenSales())

    assert [(row.entry.invoice, row.reason) for row in books.set_aside] == [("1", STOCK_OUT), ("2", STOCK_IN)]
    assert [(sale.invoice, len(sale.lines)) for sale in books.sales] == [("3", 1), ("4", 2)]


def test_a_price_below_zero_is_money_given_back() -> None:
    books = arrange([entry("A1", "B", 1, "-11062.06", customer=None)], OpenSales())

    (line,) = books.credits[0].lines
    assert (line.kind, line.value, books.sales) == (Kind.CHARGE, Decimal("11062.06"), [])


@given(
    some.lists(
        some.builds(
            entry,
            invoice=some.sampled_from(["1", "2", "C3", "C4"]),
            code=some.sampled_from(["22086", "POST", "M", "D", "84029G"]),
            quantity=some.integers(-5, 5),
            price=some.sampled_from(["0", "0.001", "1.25", "2.5"]),
            hour=some.integers(0, 3),
            customer=some.sampled_from(["17850", None]),
        ),
        max_size=12,
    )
)
def test_no_money_and_no_unit_is_lost(rows: list[Entry]) -> None:
    books = arrange(rows, OpenSales())

    sold = sum(row.value for sale in books.sales for row in sale.lines)
    shipping = sum(sale.shipping_price for sale in books.sales)
    back = [line for credit in books.credits for line in credit.lines]
    aside = sum(row.entry.value for row in books.set_aside)
    assert sold + shipping - sum(line.value for line in back) + aside == sum(sums_by_invoice(rows).values())
    returned: dict[tuple[str, int], int] = {}
    for line in back:
        if line.sale is not None and line.position is not None:
            key = (line.sale, line.position)
            returned[key] = returned.get(key, 0) + line.quantity
    lines = {(sale.invoice, number): row for sale in books.sales for number, row in enumerate(sale.lines)}
    assert all(units <= lines[key].quantity for key, units in returned.items())


def test_an_article_is_called_what_its_priced_rows_say_and_costs_what_was_asked_last() -> None:
    rows = [
        entry("1", price="1.00", description="LAMP"),
        entry("2", price="3.00", description="LAMP", hour=5),
        entry("3", price="2.00", description="LAMP, OLD", hour=1),
        entry("4", price="0", description="wet", hour=6),
        entry("C5", price="9.00", quantity=-1, hour=7),
        entry("6", "POST"),
    ]

    found = articles(arrange(rows, OpenSales()))

    assert found == [Article("22086", "LAMP", Decimal("3.00"), NOON)]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("EIRE", "IE"),
        ("United Kingdom", "GB"),
        ("Unspecified", None),
        ("Channel Islands", None),
        ("usa", "US"),
    ],
)
def test_countries_are_known_by_the_names_people_write(name: str, code: str | None) -> None:
    assert code_of(name) == code
