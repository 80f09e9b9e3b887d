"""The words, which read as a table of contents."""

import typer

from server.cli.bench import bench
from server.cli.checking import check
from server.cli.helping import print_help
from server.cli.importing import imports
from server.cli.migrating import migrate
from server.cli.schema import schema
from server.cli.seeding import seed
from server.cli.serve import serve
from server.cli.superuser import superuser
from server.cli.testing import test
from server.cli.verifying import verify

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

app.command("serve")(serve)
app.command("migrate")(migrate)
app.command("superuser")(superuser)
app.command("seed")(seed)
app.add_typer(imports, name="import")
app.command("schema")(schema)
app.command("verify")(verify)
app.command("check")(check)
app.command("bench")(bench)
# Everything after `test` is pytest's, options and --help included.
app.command(
    "test",
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)(test)


@app.command("help")
def explain() -> None:
    """Print this."""
    print_help(app)


@app.callback(invoke_without_command=True)
def without_a_word(context: typer.Context) -> None:
    """Do what ./run help lists; without a word, serve."""
    if context.invoked_subcommand is None:
        serve()
