import asyncio
import os
import subprocess
from pathlib import Path

import pytest

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
