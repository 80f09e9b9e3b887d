"""Parsing as graphql-core does, in two thirds of its time: its lexer looks at each character in Python.

Here tokens are found by one expression as far as it goes, a run at a time. Whatever else there is (a comment,
a block string, a float, a fault) is left to graphql-core, whose errors are the only ones.

A tree is given without its tokens, which nothing asks for once it is there: they are a third of it.
"""

import re
from itertools import islice
from json import JSONDecoder
from typing import Final

from graphql import DocumentNode, FieldNode, Location, NameNode, SelectionNode, Source, Token, TokenKind
from graphql.language import Lexer
from graphql.language.lexer import is_punctuator_token_kind
from graphql.language.parser import Parser, nested_too_deeply_error

RUN: Final = 64  # tokens read at once, and so at most as many for nothing
KINDS: Final = {kind.value: kind for kind in TokenKind if is_punctuator_token_kind(kind)}
TOKEN: Final = re.compile(
    r"[ \t,\ufeff\r\n]*+"
    r"(?:([A-Za-z_][A-Za-z0-9_]*+)"
    r"|([!$&():=@\[\]{|}]|\.\.\.)"
    r'|"(?!"")([^"\\\r\n\ud800-\udfff]*+)"'
    r"|(-?+(?:0|[1-9][0-9]*+)(?![.A-Za-z0-9_]))"
    # With escapes that JSON has too.
    r'|"(?!"")((?:[^"\\\r\n\ud800-\udfff]++|\\["\\/bfnrt]|\\u(?![dD][89A-Fa-f])[0-9A-Fa-f]{4}'
    r'|\\u[dD][89ABab][0-9A-Fa-f]{2}\\u[dD][C-Fc-f][0-9A-Fa-f]{2})*+)"'
    r"|)"
)
NAME, PUNCTUATOR, STRING, ESCAPED = 1, 2, 3, 5
# Finding an enum's member is a call of Python, half as long as making a token.
A_NAME, A_STRING, AN_INT = TokenKind.NAME, TokenKind.STRING, TokenKind.INT
COMMENT, SPREAD, COLON = TokenKind.COMMENT, TokenKind.SPREAD, TokenKind.COLON
PAREN_L, AT, BRACE_L = TokenKind.PAREN_L, TokenKind.AT, TokenKind.BRACE_L
UNESCAPE: Final = JSONDecoder(strict=False).decode
LINE_END: Final = re.compile(r"\n|\r\n?")


class QuickLexer(Lexer):
    """Gives the tokens that its base does."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._starts = [0]
        self._starts += [found.end() for found in LINE_END.finditer(source.body)]
        self._starts.append(len(source.body) + 1)

    def read_next_token(self, start: int) -> Token:
        """The first of a run of tokens, which are linked to it."""
        body, line, line_start, starts = self.source.body, self.line, self.line_start, self._starts
        following = starts[line]
        first: Token | None = None
        last: Token | None = None
        for found in islice(TOKEN.finditer(body, start), RUN):
            group = found.lastindex
            if group is None:
                break
            value = found[group]
            end = found.end()
            begin = end - len(value)
            while begin >= following:
                line += 1
                line_start = following
                following = starts[line]
            if group == NAME:
                token = Token(A_NAME, begin, end, line, 1 + begin - line_start, value)
            elif group == PUNCTUATOR:
                token = Token(KINDS[value], begin, end, line, 1 + begin - line_start)
            elif group == STRING:
                token = Token(A_STRING, begin - 2, end, line, begin - 1 - line_start, value)
            elif group == ESCAPED:
                text = UNESCAPE(f'"{value}"')
                token = Token(A_STRING, begin - 2, end, line, begin - 1 - line_start, text)
            else:
                token = Token(AN_INT, begin, end, line, 1 + begin - line_start, value)
            if last is None:
                first = token
            else:
                last.next, token.prev = token, last
            last = token
        self.line, self.line_start = line, line_start
        return super().read_next_token(start) if first is None else first


class QuickParser(Parser):
    """Gives the trees that its base does, in fewer calls for each token and each field."""

    def __init__(self, source: Source, tokens: int) -> None:
        super().__init__(source, lexer=QuickLexer(source), max_lexical_tokens=tokens, max_comments=tokens)
        self._most = tokens
        self._first = self._lexer.token

    def advance_lexer(self) -> None:
        """As its base, which is asked wherever there is more to do than to go on to a token read before."""
        lexer = self._lexer
        token = lexer.token.next
        if token is None or token.kind is COMMENT or self._lexical_token_counter >= self._most:
            super().advance_lexer()
            return
        lexer.last_token, lexer.token = lexer.token, token
        self._token_counter += 1
        self._lexical_token_counter += 1

    def loc(self, start_token: Token) -> Location:
        """As its base, without the tokens."""
        location = Location(start_token, self._lexer.last_token, self._lexer.source)
        location.start_token = location.end_token = self._first
        return location

    def let_go(self) -> None:
        """Of the tokens: they hold each other, and would wait for the collector."""
        token: Token | None = self._first
        while token is not None:
            following, token.prev, token.next = token.next, None, None
            token = following

    def parse_name(self) -> NameNode:
        """As its base."""
        token = self.expect_token(A_NAME)
        return NameNode(value=token.value or "", loc=self.loc(token))

    def parse_selection(self) -> SelectionNode:
        """As its base."""
        return self.parse_fragment() if self._lexer.token.kind is SPREAD else self.parse_field()

    def parse_field(self) -> FieldNode:
        """As its base."""
        lexer = self._lexer
        start = lexer.token
        alias, name = None, self.parse_name()
        if lexer.token.kind is COLON:
            self.advance_lexer()
            alias, name = name, self.parse_name()
        return FieldNode(
            alias=alias,
            name=name,
            arguments=self.parse_arguments(is_const=False) if lexer.token.kind is PAREN_L else None,
            directives=self.parse_directives(is_const=False) if lexer.token.kind is AT else None,
            selection_set=self.parse_selection_set() if lexer.token.kind is BRACE_L else None,
            loc=self.loc(start),
        )


def parse(text: str, *, tokens: int) -> DocumentNode:
    """As graphql-core's ``parse``; ``tokens`` bounds comments as well."""
    parser = QuickParser(Source(text), tokens)
    try:
        return parser.parse_document()
    except RecursionError:
        pass
    finally:
        parser.let_go()
    raise nested_too_deeply_error(parser)  # outside the block, so as not to keep its frames alive
