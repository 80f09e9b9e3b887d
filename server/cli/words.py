"""The words, which read as a table of contents; each is imported when it is said, and no other."""

import gc
from collections.abc import Iterator, Mapping
from pkgutil import resolve_name
from typing import Any, Final, NamedTuple

import typer
from typer.core import TyperGroup


class Word(NamedTuple):
    """Where it is done, and what it does: the first line of what ``./run WORD --help`` says."""

    place: str
    meaning: str


WORDS: Final = {
    "serve": Word("server.cli.serve:serve", "Serve the shop, on embedded servers where none are named."),
    "migrate": Word(
        "server.cli.migrating:migrate", "Bring the tables up to date; or up REVISION, or down REVISION."
    ),
    "superuser": Word(
        "server.cli.superuser:superuser",
        "Make EMAIL staff who may do everything; asks for the password, or reads a line of input.",
    ),
    "seed": Word("server.cli.seeding:seed", "Fill an empty shop with the demonstration."),
    "import": Word("server.cli.importing:imports", "Bring another shop's files in: shopify, online-retail."),
    "schema": Word("server.cli.schema:schema", "Write schema/schema.graphql, the printed schema."),
    "verify": Word(
        "server.cli.verifying:verify",
        "Check the shop's data against its promises: stock, sums, payments, vouchers, gift cards, events.",
    ),
    "check": Word(
        "server.cli.checking:check",
        "Lint, format, types, floors, dependencies, SDL and contract: all of them, then the verdict.",
    ),
    "bench": Word(
        "server.cli.bench:bench",
        "Compare speeds, about five minutes; the figures are written to bench/results.",
    ),
    "test": Word(
        "server.cli.testing:tests",
        "Run the tests on throw-away servers; arguments are pytest's: -k WORD, --slow, a path ...",
    ),
    "help": Word("server.cli.helping:print_help", "Print this."),
}


def said(name: str) -> Any:
    """The function of a word, or the ``Typer`` of one that says itself how it is called."""
    gc.disable()  # what modules make on being imported stays: no need to look at it again and again
    try:
        return resolve_name(WORDS[name].place)
    finally:
        gc.enable()


class _Commands(Mapping[str, Any]):
    """The words' commands by name, each made when it is asked for."""

    def __getitem__(self, name: str) -> Any:
        if name not in WORDS:
            raise KeyError(name)
        word = said(name)
        if not isinstance(word, typer.Typer):
            word, function = typer.Typer(add_completion=False), word
            word.command(name)(function)
        return typer.main.get_command(word)

    def __iter__(self) -> Iterator[str]:
        return iter(WORDS)

    def __len__(self) -> int:
        return len(WORDS)


class _Words(TyperGroup):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = _Commands()  # type: ignore[assignment]  # typer puts none in

    def format_help(self, *_: object) -> None:
        said("help")()  # typer's own would have to import every word


app = typer.Typer(cls=_Words, add_completion=False, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def without_a_word(context: typer.Context) -> None:
    """Serve."""
    if context.invoked_subcommand is None:
        said("serve")()
