"""``./run help``: every word and every setting, a line each."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from server.cli.words import WORDS
from server.settings import Settings

# What is no setting of the server's: the first is the script's own, the others name programs.
WORDS_OF_THE_SCRIPT = [("deps", "Write the lists in requirements/ anew; --upgrade takes the newest.")]
PROGRAMS = [
    ("POSTGRES_BIN", "directory of the embedded Postgres's programs (a wheel's, or Debian's)"),
    ("VALKEY_BIN", "program of the embedded Valkey or Redis (a wheel's, or the system's)"),
]


def print_help() -> None:
    """Print this."""
    words = [(name, word.meaning) for name, word in WORDS.items()]
    console = Console(highlight=False)
    console.print("./run WORD: without a word, serve. What a word takes: ./run WORD --help\n")
    console.print(_listed(sorted([*words, *WORDS_OF_THE_SCRIPT])))
    console.print("\nSettings, from the environment (and what holds without them):\n")
    console.print(_listed([*_settings(), *PROGRAMS]))


def _settings() -> Iterable[tuple[str, str]]:
    for name, field in Settings.model_fields.items():
        meaning = field.description or ""
        # An empty default is explained in the meaning, where there is anything to say.
        shown = str(field.default).lower() if isinstance(field.default, bool) else str(field.default or "")
        yield name.upper(), f"{meaning} ({shown})" if shown and "(" not in meaning else meaning


def _listed(rows: Iterable[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    for name, meaning in rows:
        table.add_row(f"  {name}", meaning)
    return table
