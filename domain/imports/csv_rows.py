"""Rows of a CSV file, and refusals that name the file, the line and the column."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from domain.refusals import Invalid

if TYPE_CHECKING:
    from _csv import Reader

# The module's own bound of 128 KiB is too little for a product's text with pictures inside. It is one for the
# process, so it is set once.
LONGEST_FIELD = 10_000_000
csv.field_size_limit(LONGEST_FIELD)


class FileRefused(Invalid):
    """A file cannot be taken in; the message says where and why. The database is as it was."""

    code: ClassVar[str] = "INVALID"

    def __init__(self, file: str, line: int, what: str, *, column: str | None = None) -> None:
        place = f"{file}:{line}: " if line else f"{file}: "
        super().__init__(f"{place}column {column}: {what}" if column else f"{place}{what}")


@dataclass(frozen=True, slots=True)
class Sheet:
    """``columns`` are the header's names by place; ``rows`` are (line, values), as many values as columns.

    ``line`` is the first line of the row, from 1. The rows are read while they are asked for.
    """

    file: str
    columns: dict[str, int]
    rows: Iterator[tuple[int, list[str]]]

    def refused(self, line: int, column: str, what: str) -> FileRefused:
        return FileRefused(self.file, line, what, column=column)


def read(file: str, lines: Iterable[bytes], required: Sequence[str]) -> Sheet:
    """The sheet that ``lines`` hold: UTF-8 with or without a byte order mark, fields parted by commas.

    ``file`` is the name that refusals carry. Raises ``FileRefused``, while the rows are read too.
    """
    reader = csv.reader(_decoded(file, lines), strict=True)
    try:
        names = [name.strip() for name in next(reader, [])]
    except csv.Error as wrong:
        raise _no_csv(file, reader.line_num, wrong) from None
    missing = [name for name in required if name not in names]
    if not names:
        raise FileRefused(file, 1, "the file is empty")
    if missing:
        raise FileRefused(file, 1, "missing from the header", column=", ".join(missing))
    for name in names:
        if name and names.count(name) > 1:
            raise FileRefused(file, 1, "stands in the header twice", column=name)
    return Sheet(file, {name: place for place, name in enumerate(names)}, _rows(file, reader, len(names)))


def _rows(file: str, reader: "Reader", width: int) -> Iterator[tuple[int, list[str]]]:
    # The reader knows the last line of what it gave; the next row begins behind it.
    line = reader.line_num + 1
    try:
        for values in reader:
            if len(values) != width and values:
                raise FileRefused(file, line, f"has {len(values)} fields, and the header has {width} columns")
            if values:
                yield line, values
            line = reader.line_num + 1
    except csv.Error as wrong:
        raise _no_csv(file, line, wrong) from None


def _decoded(file: str, lines: Iterable[bytes]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as wrong:
            what = (
                f"is not UTF-8 (byte 0x{line[wrong.start]:02x} at {wrong.start + 1}): save the file as UTF-8"
            )
            raise FileRefused(file, number, what) from None
        if "\0" in text:
            raise FileRefused(file, number, "has a NUL character, which no text has")
        yield text


def _no_csv(file: str, line: int, wrong: csv.Error) -> FileRefused:
    return FileRefused(file, line, f"is not CSV: {wrong}")
