"""Passwords as bcrypt hashes.

bcrypt reads at most 72 bytes (and version 5 refuses more), so it is given the base64 of the password's
SHA-256: any length counts in full. Hashing takes a good part of a second of a core by design; it runs in a
few threads of its own, so that a flood of logins queues here and the rest of the server goes on.
"""

import asyncio
import base64
import hashlib
import os
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import bcrypt

DEFAULT_COST = 12

T = TypeVar("T")


class Passwords:
    """Makes and checks hashes, ``workers`` at a time (one for each core unless told otherwise).

    ``cost`` is the logarithm of the number of rounds; hashes of other costs are still understood.
    """

    def __init__(self, cost: int = DEFAULT_COST, workers: int | None = None) -> None:
        self._cost = cost
        self._threads = ThreadPoolExecutor(workers or os.cpu_count() or 1, thread_name_prefix="passwords")
        # Well formed and made of no password: checking against it takes as long as against a real one.
        self._nobody = b"$2b$%02d$" % cost + b"." * 53

    async def hash(self, password: str) -> str:
        """A new hash, different each time, 60 ASCII characters."""
        made = await self._run(bcrypt.hashpw, _digest(password), bcrypt.gensalt(self._cost))
        return made.decode("ascii")

    async def verify(self, password: str, hash: str) -> bool:
        """Whether the hash was made of this password.

        What is no bcrypt hash (an account that has no password yet) matches nothing, and takes as long to
        say so.
        """
        try:
            return await self._run(bcrypt.checkpw, _digest(password), hash.encode())
        except ValueError:
            return await self.verify_nobody(password)

    async def verify_nobody(self, password: str) -> bool:
        """False, after the time of a real check: for a login whose user does not exist."""
        await self._run(bcrypt.checkpw, _digest(password), self._nobody)
        return False

    def close(self) -> None:
        """Let the threads go; checks that still wait for one are cancelled."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[[bytes, bytes], T], password: bytes, against: bytes) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, password, against)


def _digest(password: str) -> bytes:
    # One spelling of accents, whatever keyboard typed them (NIST SP 800-63B, 5.1.1.2).
    text = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    return base64.b64encode(hashlib.sha256(text).digest())
