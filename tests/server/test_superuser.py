"""``./run superuser``, as an operator runs it."""

import asyncio
import os
import subprocess
from pathlib import Path

import asyncpg

ROOT = Path(__file__).parents[2]


async def superuser(database_url: str, place: Path, email: str, password: str) -> tuple[int, str, str]:
    """Its code, output and complaints."""
    process = await asyncio.create_subprocess_exec(
        ROOT / "run",
        "superuser",
        email,
        cwd="/",
        env={
            "PATH": os.environ["PATH"],
            "COLUMNS": "200",
            "DATA_DIR": str(place),
            "DATABASE_URL": database_url,
            "REDIS_URL": "redis://nobody.invalid:1/0",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    output, complaints = await process.communicate(f"{password}\n".encode())
    assert process.returncode is not None
    return process.returncode, output.decode(), complaints.decode()


async def test_a_superuser_is_made_once_with_a_good_password(database_url: str, tmp_path: Path) -> None:
    weak = await superuser(database_url, tmp_path, "boss@example.com", "password")
    made = await superuser(database_url, tmp_path, "Boss@example.com", "correct horse battery")
    again = await superuser(database_url, tmp_path, "boss@example.com", "correct horse battery")

    assert (weak[0], made[0], again[0]) == (2, 0, 2)
    assert "This password is among the first that anybody would try." in weak[2]
    assert "This e-mail address has an account already." in again[2]
    connection = await asyncpg.connect(database_url)
    rows = await connection.fetch("select email, is_staff, is_superuser from users")
    await connection.close()
    assert [tuple(row) for row in rows] == [("boss@example.com", True, True)]
