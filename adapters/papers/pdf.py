"""Papers of record as PDF, A4, with a font that has more than Latin letters."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Final

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from domain.papers import Paper, PaperKind, percent, shown

FONT: Final = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"
TITLES: Final[Mapping[PaperKind, str]] = {
    PaperKind.INVOICE: "Invoice",
    PaperKind.CREDIT_NOTE: "Credit note",
}
COLUMNS: Final = (
    ("Item", 82, "L"),
    ("Quantity", 20, "R"),
    ("Tax", 18, "R"),
    ("Net", 35, "R"),
    ("Gross", 35, "R"),
)
LINE: Final = 5.5  # millimetres


def draw(paper: Paper) -> bytes:
    """The file. It takes a tenth of a second of work: not for the event loop."""
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(auto=True, margin=20)
    pdf.add_font("paper", fname=FONT)
    pdf.set_title(f"{TITLES[paper.kind]} {paper.number}")
    pdf.set_creation_date(datetime.combine(paper.day, time(), UTC))
    pdf.add_page()
    _head(pdf, paper)
    _rows(pdf, paper)
    _sums(pdf, paper)
    return bytes(pdf.output())


def _head(pdf: FPDF, paper: Paper) -> None:
    pdf.set_font("paper", size=18)
    _line(pdf, f"{TITLES[paper.kind]} {paper.number}", height=12)
    pdf.set_font("paper", size=9)
    _line(pdf, f"Date: {paper.day.isoformat()}")
    _line(pdf, f"Order: {paper.order}")
    if paper.refers_to:
        _line(pdf, f"For invoice: {paper.refers_to}")
    for title, said in (("From", paper.seller), ("To", paper.buyer)):
        pdf.ln(LINE)
        _line(pdf, f"{title}:")
        for text in said:
            _line(pdf, text)
    pdf.ln(LINE)


def _rows(pdf: FPDF, paper: Paper) -> None:
    with pdf.table(
        col_widths=tuple(width for _, width, _ in COLUMNS),
        text_align=tuple(align for _, _, align in COLUMNS),
        line_height=LINE,
        borders_layout="SINGLE_TOP_LINE",
        headings_style=FontFace(emphasis="NONE"),
        repeat_headings=1,
    ) as table:
        table.row([title for title, _, _ in COLUMNS])
        for row in paper.rows:
            table.row(
                [
                    row.name,
                    str(row.quantity),
                    percent(row.rate),
                    shown(row.net, paper.currency),
                    shown(row.gross, paper.currency),
                ]
            )
    pdf.ln(LINE)


def _sums(pdf: FPDF, paper: Paper) -> None:
    currency = paper.currency
    _line(pdf, f"Net: {shown(paper.net, currency)}", align="R")
    for rate, tax in paper.taxes.items():
        _line(pdf, f"Tax {percent(rate)}: {shown(tax, currency)}", align="R")
    _line(pdf, f"Total: {shown(paper.gross, currency)}", align="R")
    if paper.by_gift_card:
        _line(pdf, f"Paid by gift card: {shown(paper.by_gift_card, currency)}", align="R")
        _line(pdf, f"Remaining: {shown(paper.gross - paper.by_gift_card, currency)}", align="R")
    if paper.note:
        pdf.ln(LINE)
        pdf.multi_cell(0, LINE, paper.note)


def _line(pdf: FPDF, text: str, *, height: float = LINE, align: str = "L") -> None:
    pdf.cell(0, height, text, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
