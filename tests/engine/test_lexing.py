"""The quicker lexer gives what graphql-core's gives: tokens, trees and errors."""

import gc
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import graphql
import pytest
from graphql import DocumentNode, GraphQLError, Source, Token, TokenKind, ast_to_dict, get_introspection_query
from graphql.language import Lexer
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench.attacks import DOCUMENTS
from engine.lexing import RUN, QuickLexer, parse

FILES = sorted(Path("bench/documents").rglob("*.graphql"))
WHOLE = st.sampled_from(
    [
        *" \t,\n\r!$&():=@[]{|}\ufeff",
        *("\r\n", "...", "# a\n", "#\ud83d\ude00\r", "#\r\n", "query", "on", "_a1", '""""""', '"a""b"'),
        *("0 ", "-0 ", "12 ", "-7,", "1.5 ", "-1e3 ", '"" ', '"a"', '"é\U0001f600"', '"\ud83d\ude00"'),
        *(
            '"\\n\\"\\\\\\/"',
            '"a\\u0061\\uD83d\\uDe00\\t"',
            '"\\u{61}\\n"',
            '"\t\x01\u2028"',
            '"#"',
            '"""\n  a\r\n b\r"""',
            '"""\\""" """',
        ),
    ]
)
PIECES = st.lists(WHOLE, max_size=20).map("".join)
FAULTS = st.sampled_from(
    [
        *".'\\\x00\x07?<\u2028\x85\x0b%é\U0001f600\ud83d\"",
        *("..", ".5", "#\ud83d", "\u0430b", "aé", "-", "01", "-01", "1.", "1E+", "0x", "1_", "\u0663"),
        *('"\\ud83d"', '"\\ude00\\ud83d"', '"\\ud83d\\n"', '"\\n\\u00g0"', '"\\n\ud83d"', '"\\n\n"', '"\\n'),
        *("1\u0663", "12a", "1...", '"""', '"\ud83d"', '"\\u00"', '"\\q"', '"a\n"', '"a', '"\\'),
    ]
)
GRAMMAR = st.sampled_from(
    [
        *("{", "}", "(", ")", "[", "]", ":", "$", "@", "!", "=", "...", "a", "b: c", "query", "on", "..F"),
        *("mutation Q", "fragment F on T", "... on T", "...F", "(a: 1)", '(a: "x", b: [$v, -2, {c: E}])'),
        *("{ a b }", "($v: [Int!]! = 1)", "@include(if: $v)", "true", "null", '"""block"""', '"text"'),
        *("# said\n", "1.5", "{ a(b: 1) @c { d } }", "type T { a: Int }", "extend", "\r\n", "\\"),
    ]
)


def _tokens(lexer: Lexer) -> tuple[list[tuple[Any, ...]], str]:
    """All that is said of each token, and the error in which they end."""
    found: list[tuple[Any, ...]] = []
    try:
        while lexer.token.kind is not TokenKind.EOF:
            token = lexer.advance()
            before = token.prev
            assert before is not None
            assert before.next is token
            found.append((token.kind, token.start, token.end, token.line, token.column, token.value))
    except GraphQLError as error:
        return found, f"{error} {error.positions}"
    return found, ""


def _tree(parsing: Callable[[], DocumentNode]) -> object:
    try:
        document = parsing()
    except GraphQLError as error:
        return f"{error} {error.positions}"
    return ast_to_dict(document, locations=True), document.token_count


def _trees(text: str, tokens: int) -> tuple[object, object]:
    theirs = _tree(lambda: graphql.parse(text, max_lexical_tokens=tokens, max_comments=tokens))
    return _tree(lambda: parse(text, tokens=tokens)), theirs


@settings(max_examples=300, deadline=None)
@given(st.tuples(PIECES, FAULTS | st.characters() | st.just(""), PIECES).map("".join))
@example("a " * (RUN - 1) + '"""\n\n""" # said\n' + "b\n" * RUN)
def test_the_tokens_are_the_same(text: str) -> None:
    assert _tokens(QuickLexer(Source(text))) == _tokens(Lexer(Source(text)))


@settings(max_examples=300, deadline=None)
@given(st.lists(GRAMMAR, max_size=20).map(" ".join), st.integers(1, 60))
@example('"described" # said\nquery', 60)  # what follows is looked at before the description is passed
def test_a_document_is_the_same_or_refused_in_the_same_words(text: str, tokens: int) -> None:
    for each in (text, f"{{ {text} }}", f"query {text} {{ a }}"):
        ours, theirs = _trees(each, tokens)
        assert ours == theirs


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_documents_of_clients_are_the_same(path: Path) -> None:
    text = path.read_text()

    assert _tokens(QuickLexer(Source(text))) == _tokens(Lexer(Source(text)))
    ours, theirs = _trees(text, 2_000)
    assert isinstance(ours, tuple)
    assert ours == theirs


@pytest.mark.parametrize("title", DOCUMENTS)
def test_hostile_documents_are_the_same_or_refused_in_the_same_words(title: str) -> None:
    ours, theirs = _trees(DOCUMENTS[title], 2_000)
    assert ours == theirs


def test_the_standard_introspection_is_read_without_the_slower_lexer(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(Lexer, "read_name", lambda _self, start: asked.append(start))

    parse(get_introspection_query(), tokens=2_000)

    assert asked == []


@pytest.mark.parametrize(
    "text",
    [
        get_introspection_query(),
        "{ a # b\n # c\n }",
        "{ a b c d",
        "{" * 300,
        "{ a 01 }",
        "{ a } #",
        '"said" # x\n q',
    ],
)
def test_nothing_of_a_text_is_left_to_the_collector(text: str) -> None:
    gc.collect()
    gc.disable()
    try:
        with suppress(GraphQLError):
            parse(text, tokens=2_000)
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_tree_holds_no_token_but_the_first() -> None:
    gc.collect()
    known = {id(one) for one in gc.get_objects() if isinstance(one, Token)}

    tree = parse("{ a(b: 1) { ...F } } # said\nfragment F on T { c }", tokens=100)

    assert tree.loc is not None
    made = [one for one in gc.get_objects() if isinstance(one, Token) and id(one) not in known]
    assert made == [tree.loc.start_token]
    assert made[0].next is None
