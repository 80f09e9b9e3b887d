"""HTML as the blocks of the editor that storefronts read: paragraphs, headings and lists with inline HTML."""

from html import escape
from html.parser import HTMLParser
from typing import Any

INLINE = frozenset({"a", "b", "strong", "i", "em", "u", "s", "mark", "code", "sub", "sup"})
HEADINGS = {f"h{level}": level for level in range(1, 7)}
LISTS = {"ul": "unordered", "ol": "ordered"}
BREAKS = frozenset({"p", "div", "blockquote", "table", "tr", "hr", "pre", "section", "article", "figure"})
CELLS = frozenset({"td", "th"})
VERSION = "2.30"


def blocks_of(html: str) -> dict[str, Any] | None:
    """The editor's JSON for clean HTML (tags balanced, links vetted), null where there is no text in it.

    Plain text is a paragraph for each part between blank lines. What has no block of its own becomes
    paragraphs; a list within a list becomes items of the outer one.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_block()
    return {"blocks": reader.blocks, "version": VERSION} if reader.blocks else None


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[dict[str, Any]] = []
        self._text = ""
        self._inline: list[tuple[str, str]] = []  # tags that are open, with how they begin
        self._heading: int | None = None
        self._lists: list[str] = []
        self._items: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in INLINE:
            href = dict(attrs).get("href")
            begin = f'<{tag} href="{escape(href)}">' if tag == "a" and href else f"<{tag}>"
            self._inline.append((tag, begin))
            self._text += begin
        elif tag == "br":
            self._text += "<br>"
        elif tag in LISTS:
            self.end_block()
            self._lists.append(LISTS[tag])
        elif tag in HEADINGS or tag in BREAKS or tag == "li":
            self.end_block()
            self._heading = HEADINGS.get(tag)
        elif tag in CELLS and self._text:
            self._text += " "

    def handle_endtag(self, tag: str) -> None:
        if tag in INLINE:
            # Clean HTML is balanced, but a block may have ended between the two.
            if self._inline and self._inline[-1][0] == tag:
                self._inline.pop()
                self._text += f"</{tag}>"
        elif tag in LISTS and self._lists:
            self.end_block()
            style = self._lists.pop()
            if not self._lists and self._items:
                self.blocks.append({"type": "list", "data": {"style": style, "items": self._items}})
                self._items = []
        elif tag in HEADINGS or tag in BREAKS or tag == "li":
            self.end_block()

    def handle_data(self, data: str) -> None:
        parts = data.replace("\r\n", "\n").split("\n\n")
        for number, part in enumerate(parts):
            if number:
                self.end_block()
            self._text += escape(_squeezed(part), quote=False) if part.strip() else " " * bool(part)

    def end_block(self) -> None:
        """What was said since the last block is one; inline tags that are open go on in the next."""
        ends = "".join(f"</{tag}>" for tag, _ in reversed(self._inline))
        text = _trimmed(self._text)
        if any(not piece.startswith("<") for piece in _pieces(text)):
            self._add(text + ends)
        self._text = "".join(begin for _, begin in self._inline)
        self._heading = None

    def _add(self, text: str) -> None:
        if self._lists:
            self._items.append(text)
        elif self._heading is not None:
            self.blocks.append({"type": "header", "data": {"text": text, "level": self._heading}})
        else:
            self.blocks.append({"type": "paragraph", "data": {"text": text}})


def _squeezed(text: str) -> str:
    """White space as a browser shows it; one blank stays at either end."""
    before = " " if text[0].isspace() else ""
    after = " " if text[-1].isspace() else ""
    return f"{before}{' '.join(text.split())}{after}"


def _trimmed(text: str) -> str:
    text = text.strip()
    while text.startswith("<br>"):
        text = text[4:].strip()
    while text.endswith("<br>"):
        text = text[:-4].strip()
    return text


def _pieces(text: str) -> list[str]:
    """Tags and the texts between them, without white space; text has its ``<`` escaped."""
    apart = text.replace("<", "\0<").replace(">", ">\0").split("\0")
    return [piece for piece in apart if piece.strip()]
