from typing import Any

import pytest

from adapters.html import clean
from domain.imports.blocks import blocks_of


def paragraph(text: str) -> dict[str, Any]:
    return {"type": "paragraph", "data": {"text": text}}


@pytest.mark.parametrize(
    ("html", "blocks"),
    [
        ("Fish & chips <3", [paragraph("Fish &amp; chips &lt;3")]),
        ("one\n\ntwo\nlines", [paragraph("one"), paragraph("two lines")]),
        ("<div><p>a <b>b</b></p>c<br>d</div>", [paragraph("a <b>b</b>"), paragraph("c<br>d")]),
        ("<b><p>a</p><p>b</p></b>", [paragraph("<b>a</b>"), paragraph("<b>b</b>")]),
        ("<h2>Care</h2>", [{"type": "header", "data": {"text": "Care", "level": 2}}]),
        (
            "<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>",
            [{"type": "list", "data": {"style": "unordered", "items": ["a", "b", "c"]}}],
        ),
        ("<table><tr><td>a</td><td>b</td></tr></table>", [paragraph("a b")]),
        (
            '<a href="https://x.example/?a=1&b=2">x</a>',
            [paragraph('<a href="https://x.example/?a=1&amp;b=2">x</a>')],
        ),
    ],
)
def test_html_becomes_the_editors_blocks(html: str, blocks: list[dict[str, Any]]) -> None:
    found = blocks_of(clean(html))

    assert found == {"blocks": blocks, "version": "2.30"}


@pytest.mark.parametrize("html", ["", " ", "<p>&nbsp;</p>", "<img src=x>", "<script>alert(1)</script>"])
def test_html_without_text_becomes_nothing(html: str) -> None:
    assert blocks_of(clean(html)) is None


@pytest.mark.parametrize(
    "html",
    [
        '<a href="javascript:alert(1)">x</a>',
        '<p onclick="alert(1)" style="x">x</p>',
        "<svg onload=alert(1)>x</svg>",
        "x<script>alert(1)</script>",
        "<iframe src=https://x.example>x</iframe>",
        '<a href="https://x.example" title="&quot;><script>alert(1)</script>">x</a>',
        "<b title='<script>alert(1)</script>'>x</b>",
    ],
)
def test_nothing_that_acts_is_left(html: str) -> None:
    text = str(blocks_of(clean(html)))

    assert not [
        word for word in ("alert", "javascript", "onclick", "onload", "<script", "style=") if word in text
    ]


def test_markup_that_is_text_stays_text() -> None:
    found = blocks_of(clean("&lt;script&gt;alert(1)&lt;/script&gt;"))

    assert found == {"blocks": [paragraph("&lt;script&gt;alert(1)&lt;/script&gt;")], "version": "2.30"}
