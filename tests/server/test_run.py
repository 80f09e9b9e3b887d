import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from server.cli.words import WORDS, app
from server.settings import Settings

ROOT = Path(__file__).parents[2]


async def run(*words: str, **environ: str) -> tuple[int, str, str]:
    """``./run`` with PATH and what is given for an environment: its code, output and complaints."""
    process = await asyncio.create_subprocess_exec(
        ROOT / "run",
        *words,
        cwd="/",
        env={"PATH": os.environ["PATH"], "COLUMNS": "200"} | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    output, complaints = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode(), complaints.decode()


async def test_help_lists_every_word_and_every_setting_without_a_home() -> None:
    code, output, _ = await run("help")

    listed = [line.split()[0] for line in output.splitlines() if line.startswith("  ")]
    assert code == 0
    assert {"serve", "test", "check", "migrate", "deps", "help"} <= set(listed)
    assert {name.upper() for name in Settings.model_fields} | {"POSTGRES_BIN", "VALKEY_BIN"} <= set(listed)


@pytest.mark.parametrize("name", WORDS)
def test_help_says_of_a_word_what_the_word_says_of_itself(name: str) -> None:
    command = get_command(app).commands[name]  # type: ignore[attr-defined]  # all groups have them

    assert command.help.partition("\n")[0] == WORDS[name].meaning


def test_a_word_brings_in_what_it_needs_and_no_more() -> None:
    code = """if True:
        import sys
        from server.cli.words import said
        said("help"), said("check"), said("test")
        print([name for name in ("commands", "db", "strawberry") if name in sys.modules])
        from server import wiring
        print([name for name in ("aioboto3", "strawberry", "stripe") if name in sys.modules])
    """
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603

    assert found.stdout == "[]\n[]\n"


async def test_an_unknown_word_is_answered_with_the_one_that_was_meant() -> None:
    code, _, complaints = await run("migrat")

    assert code == 2
    assert "Did you mean 'migrate'?" in complaints


@pytest.mark.parametrize("words", [(), ("migrate",)])
async def test_a_wrong_setting_stops_with_a_sentence(tmp_path: Path, words: tuple[str, ...]) -> None:
    answer = await run(*words, DATA_DIR=str(tmp_path), PORT="http")

    assert answer == (1, "", "PORT is 'http', and must be a whole number from 1 to 65535.\n")


async def test_a_program_that_is_missing_stops_with_a_sentence(tmp_path: Path) -> None:
    answer = await run("migrate", DATA_DIR=str(tmp_path), POSTGRES_BIN="/nowhere")

    assert answer == (1, "", "POSTGRES_BIN is /nowhere, where there is no program postgres.\n")


@pytest.mark.parametrize("name", ["server.txt", "dev.txt"])
def test_the_lists_of_packages_name_no_address_and_pin_every_file(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text()

    packages = [line for line in text.splitlines() if "==" in line and not line.startswith("#")]
    assert not [word for word in ("://", "--index", "--extra-index", "--find-links") if word in text]
    assert text.count("--hash=sha256:") >= len(packages) > 50


async def test_migrates_embedded_servers_up_and_asks_how_far_down(tmp_path: Path) -> None:
    up = await run("migrate", DATA_DIR=str(tmp_path))
    nowhere = await run("migrate", "down", DATA_DIR=str(tmp_path))

    assert (up, nowhere[0]) == ((0, "", ""), 2)
    assert "name the revision to go down to, or `base`" in nowhere[2]
