"""``./run schema``: the schema in GraphQL's schema language, kept under version control."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from server.api import build_schema

FILE = Path(__file__).parent.parent.parent / "schema" / "schema.graphql"


def schema(*, check: Annotated[bool, typer.Option("--check", help="Only compare.")] = False) -> None:
    """Write schema/schema.graphql, the printed schema."""
    printed = build_schema().sdl()
    kept = FILE.read_text() if FILE.exists() else ""
    console = Console(stderr=True)
    if printed == kept:
        console.print("schema/schema.graphql is what the code declares.")
    elif check:
        console.print("schema/schema.graphql is not what the code declares: run ./run schema.")
        raise typer.Exit(1)
    else:
        FILE.write_text(printed)
        console.print("schema/schema.graphql is written.")
