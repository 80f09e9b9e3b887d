import pytest

from domain.imports.csv_rows import FileRefused, read


def rows(text: bytes) -> list[tuple[int, list[str]]]:
    return list(read("goods.csv", text.splitlines(keepends=True), ["A", "B"]).rows)


def test_a_row_is_known_by_its_first_line_though_a_field_spans_several() -> None:
    text = b'A,B\r\n1,"two\r\nlines"\r\n\r\n3,4\r\n'

    found = rows(text)

    assert found == [(2, ["1", "two\r\nlines"]), (5, ["3", "4"])]


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    sheet = read("goods.csv", [b"\xef\xbb\xbfA,B\n", b"1,2\n"], ["A"])

    assert sheet.columns == {"A": 0, "B": 1}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "goods.csv:1: the file is empty"),
        (b"A,C\n", "goods.csv:1: column B: missing from the header"),
        (b"A,B,A\n", "goods.csv:1: column A: stands in the header twice"),
        (b"A,B\n1,2\n1\n", "goods.csv:3: has 1 fields, and the header has 2 columns"),
        (b"A,B\n1,caf\xe9\n", "goods.csv:2: is not UTF-8 (byte 0xe9 at 6): save the file as UTF-8"),
        (b"A,B\n1,\x00\n", "goods.csv:2: has a NUL character, which no text has"),
        (b'A,B\n1,"2\n', "goods.csv:2: is not CSV: unexpected end of data"),
        (b'A,B\n1,2\n3,"4"5\n', "goods.csv:3: is not CSV: ',' expected after '\"'"),
        (b"PK\x03\x04\xff", "goods.csv:1: is not UTF-8 (byte 0xff at 5): save the file as UTF-8"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: bytes, sentence: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        rows(text)

    assert refusal.value.message == sentence
