"""Every measure that needs no network still runs, on a shop and for a time too small to say anything."""

import asyncio
import re
import sys

import pytest

from bench.__main__ import MEASURES
from bench.asking import questions
from bench.comparing import ROOT
from bench.newcomers import text_of
from engine.documents import Documents
from server.api import build_schema

COMPARED = {"requests"}  # by test_comparing
FETCHED = {"postgraphile"}  # from npm
SLOW = [pytest.param(name, marks=pytest.mark.slow) for name in sorted({*MEASURES} - COMPARED - FETCHED)]


@pytest.mark.parametrize("name", SLOW)
async def test_a_quick_run_has_its_figures(name: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench", name, "--quick", cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    written = (await process.communicate())[0].decode()

    assert process.returncode == 0
    assert written.startswith("#")
    assert re.search(r"\n\|[- :|]+\|\n\| .*\d", written), written


def test_no_newcomer_is_like_another_and_each_is_valid() -> None:
    documents = Documents(build_schema().graphql)

    texts = {text_of(question, number) for question in questions() for number in (1, 2)}

    assert len(texts) == 10  # the listings are one document
    for text in texts:
        assert documents.find(text).costs.operations
    assert len(documents) == 10
    assert documents.weight < 2_000_000
