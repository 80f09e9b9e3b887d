"""A server as a child process: started as the right user, ready when it says so, stopped for certain."""

import asyncio
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

KEEPER: Final = Path(__file__).with_name("keeper.py")
START_SECONDS: Final = 60.0  # crash recovery of a large database takes its time
STOP_SECONDS: Final = 30.0
POLL_SECONDS: Final = 0.005
LOG_BYTES: Final = 4 * 2**20


class ServerFailed(Exception):
    """An embedded server could not be had; the message is for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whom the servers run as: ourselves, or nobody when we are root, as whom Postgres refuses to run."""

    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        return self.uid != os.getuid()


def account() -> Account:
    if os.getuid() != 0:
        return Account(os.getuid(), os.getgid())
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


@dataclass(frozen=True, slots=True)
class Program:
    """What to run in ``directory``, and how to end it.

    ``stop`` ends it in good order and is also what the kernel sends when we are killed; ``hold`` is a
    descriptor that the server and its children inherit, so that its lock outlives us exactly as long as they
    do.
    """

    name: str
    command: Sequence[str]
    directory: Path
    log: Path
    stop: signal.Signals
    hold: int


@asynccontextmanager
async def running(program: Program, is_ready: Callable[[int], bool]) -> AsyncIterator[None]:
    """The program, ready by the time the block is entered and gone when it is left.

    ``is_ready`` is given the process id and asked every few milliseconds. Raises ``ServerFailed`` with the
    end of the log when the program ends first.
    """
    child = _spawn(program, program.command)
    try:
        in_time = await _until(lambda: child.poll() is not None or is_ready(child.pid), START_SECONDS)
        if child.poll() is not None:
            raise ServerFailed(_obituary(program, f"{program.name} ended with {child.returncode}"))
        if not in_time:
            raise ServerFailed(_obituary(program, f"{program.name} was not ready in time"))
        yield
    finally:
        await asyncio.shield(_stop(child, program.stop))


async def finish(program: Program, command: Sequence[str], text: str = "") -> None:
    """Run ``command`` to its end in the program's place. Raises ``ServerFailed`` when it ends badly."""
    child = _spawn(program, command, subprocess.PIPE)
    assert child.stdin is not None, "asked for a pipe"
    try:
        child.stdin.write(text.encode())
        child.stdin.close()
        await _until(lambda: child.poll() is not None, START_SECONDS)
    finally:
        await asyncio.shield(_stop(child, signal.SIGKILL))
    if child.returncode != 0:
        raise ServerFailed(_obituary(program, f"{Path(command[0]).name} ended with {child.returncode}"))


def give(directory: Path, owner: Account) -> None:
    """Make ``directory`` the servers' own, closed to everybody else."""
    directory.mkdir(mode=0o700, exist_ok=True)
    if owner.is_other:
        os.chown(directory, owner.uid, owner.gid)


def _spawn(
    program: Program, command: Sequence[str], stdin: int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    owner = account()
    keeper = [sys.executable, "-I", "-S", str(KEEPER)]
    facts = [os.getpid(), owner.uid, owner.gid, int(program.stop), program.directory]
    if program.log.exists() and program.log.stat().st_size > LOG_BYTES:
        program.log.unlink()
    with program.log.open("ab") as log:
        return subprocess.Popen(
            [*keeper, *map(str, facts), *command],
            stdin=stdin,
            stdout=log,
            stderr=log,
            env=_environment(),
            # Ctrl-C goes to the whole group of the terminal: the servers must outlive the last request.
            start_new_session=True,
            pass_fds=(program.hold,),
        )


def _environment() -> Mapping[str, str]:
    # PG* variables of the person who starts us would reach initdb and the server.
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


async def _until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition came true in time."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + seconds
    while not condition():
        if clock() > deadline:
            return False
        await asyncio.sleep(POLL_SECONDS)
    return True


async def _stop(child: subprocess.Popen[bytes], stop: signal.Signals) -> None:
    for sent in (stop, signal.SIGKILL):
        if child.poll() is None:
            child.send_signal(sent)
            await _until(lambda: child.poll() is not None, STOP_SECONDS)


def _obituary(program: Program, what: str) -> str:
    last = program.log.read_text(errors="replace").splitlines()[-8:]
    return "\n".join([f"{what}; the end of {program.log}:", *last])
