"""What is searched, and what is searched for: words in lower case, without accents."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

WORD = re.compile(r"[^\W_]+")
TAG = re.compile(r"<[^<>]*>")
# Letters that are no letter with an accent, to what people type for them.
PLAIN = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
MOST_WORDS = 8
MOST_LETTERS = 400  # of what somebody types
# How alike a word has to be to stand for a misspelt one, by the letters that this has at least: in a short
# word a single letter is much of it.
LIKENESS = ((6, 0.4), (4, 0.5))
# Words that Postgres leaves out of an English text: nothing is found by them.
STOP_WORDS = frozenset(
    """
    i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her
    hers herself it its itself they them their theirs themselves what which who whom this that these
    those am is are was were be been being have has had having do does did doing a an the and but if or
    because as until while of at by for with about against between into through during before after
    above below to from up down in out on off over under again further then once here there when where
    why how all any both each few more most other some such no nor not only own same so than too very s
    t can will just don should now
    """.split()  # noqa: SIM905  # a text reads better than a hundred quoted words
)


def fold(text: str) -> str:
    """``text`` in lower case and without accents: "Łódź café" is "lodz cafe"."""
    apart = unicodedata.normalize("NFKD", text.casefold()).translate(PLAIN)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def search_text_of(
    name: str, description: Any, skus: Iterable[str], values: Iterable[str], category: str | None
) -> str:
    """All that a product is found by, as words: its texts, SKUs, attribute values and category.

    ``description`` is the editor's JSON, opened, or null.
    """
    parts = (name, *skus, *values, category or "", TAG.sub(" ", " ".join(texts(description))))
    return " ".join(word for part in parts for word in WORD.findall(fold(part)))


def texts(content: Any) -> Iterator[str]:
    """Every text in the editor's JSON (its blocks' ``data``), in order; markup is left in."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for key, value in content.items():
            if key not in {"type", "id", "version", "time", "style"}:
                yield from texts(value)
    elif isinstance(content, list):
        for value in content:
            yield from texts(value)


@dataclass(frozen=True, slots=True)
class SearchedWord:
    """``lexemes`` is the word as a text-search query.

    ``likeness`` is how alike another word has to be to stand for it where it is found nowhere, from 0 to 1.
    Null: none does.
    """

    word: str
    lexemes: str
    likeness: float | None


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody typed: each word has to be found, misspelt perhaps, the last one perhaps unfinished."""

    words: tuple[SearchedWord, ...]

    @property
    def text(self) -> str:
        return " ".join(word.word for word in self.words)

    @property
    def any_lexeme(self) -> str:
        return " | ".join(word.lexemes for word in self.words)


def read(text: str | None) -> Search | None:
    """What to search for; None where nothing was typed.

    Only the first eight words in the first 400 letters count, and such as "the" only where there are no
    others.
    """
    typed = (text or "").strip()[:MOST_LETTERS]
    if not typed:
        return None
    found = WORD.findall(fold(typed))
    telling = [word for word in found if word not in STOP_WORDS][:MOST_WORDS]
    if not telling:
        return Search(tuple(SearchedWord(word, word, likeness=0.5) for word in found[:MOST_WORDS]))
    *finished, last = telling
    words = [SearchedWord(word, word, _likeness(word)) for word in finished]
    return Search((*words, SearchedWord(last, f"{last}:*", _likeness(last))))


def _likeness(word: str) -> float | None:
    return next((likeness for letters, likeness in LIKENESS if len(word) >= letters), None)
