"""A headless Chromium, told what to do over the Chrome DevTools Protocol."""

import asyncio
import itertools
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import websockets.asyncio.client as websockets

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",  # as root there is none; it opens our own pages only
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
    # Whatever is not this machine does not exist.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
PATIENCE = 40.0  # seconds until a page that does not do what is waited for has failed


class Page:
    """One tab of the ``browser``, which goes by its address.

    ``addresses`` are all that the tab has asked for; ``complaints`` what went wrong by its console.
    """

    def __init__(self, socket: Any, browser: str) -> None:
        self.browser = browser
        self.addresses: list[str] = []
        self.complaints: list[str] = []
        self._socket = socket
        self._serial = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._session: str | None = None

    async def attach(self, *, alone: bool = False) -> None:
        """Open the tab, and listen to it; ``alone`` it shares no storage and no cookies with other tabs."""
        where: dict[str, Any] = {}
        if alone:
            where = await self.send("Target.createBrowserContext", disposeOnDetach=True)
        target = await self.send("Target.createTarget", url="about:blank", **where)
        attached = await self.send("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            await self.send(f"{domain}.enable")

    async def send(self, method: str, **params: Any) -> Any:
        """The result of a command; raises ``RuntimeError`` with Chromium's words where it has none."""
        number = next(self._serial)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        message = {"id": number, "method": method, "params": params}
        await self._socket.send(json.dumps(message | ({"sessionId": self._session} if self._session else {})))
        async with asyncio.timeout(PATIENCE):
            return await answer

    async def open(self, url: str) -> None:
        await self.send("Page.navigate", url=url)

    async def run(self, script: str) -> Any:
        """The value of a JavaScript expression, promises awaited."""
        result = await self.send(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True, userGesture=True
        )
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"])
        return result["result"].get("value")

    async def until(self, script: str) -> Any:
        """The value of the expression as soon as it is true."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not (value := await self.run(script)):  # noqa: ASYNC110 - a page tells only who asks
                    await asyncio.sleep(0.05)
                return value
        except TimeoutError:
            shown = await self.run("document.body.innerText")
            message = f"{script} stayed false; {self.complaints}; the page shows {shown}"
            raise AssertionError(message) from None

    async def listen(self) -> None:
        """Take in what Chromium says, until the connection ends."""
        async for text in self._socket:
            message = json.loads(text)
            if "id" in message:
                answer = self._answers.pop(message["id"])
                if answer.done():
                    continue
                if "error" in message:
                    answer.set_exception(RuntimeError(message["error"]))
                else:
                    answer.set_result(message["result"])
                continue
            params = message.get("params", {})
            match message["method"]:
                case "Network.requestWillBeSent":
                    self.addresses.append(params["request"]["url"])
                case "Network.webSocketCreated":
                    self.addresses.append(params["url"])
                case "Runtime.exceptionThrown":
                    self.complaints.append(str(params["exceptionDetails"].get("exception")))
                case "Log.entryAdded" if params["entry"]["level"] == "error":
                    self.complaints.append(params["entry"]["text"])


@asynccontextmanager
async def chromium(profile: Path) -> AsyncIterator[Page]:
    """A tab of a new Chromium that keeps its things in ``profile``, and ends with the block."""
    async with browser(profile) as address, tab(address) as page:
        yield page


@asynccontextmanager
async def browser(profile: Path) -> AsyncIterator[str]:
    """The address of a new Chromium that has no tab yet."""
    assert CHROMIUM is not None, "the test that wants it skips without it"
    process = await asyncio.create_subprocess_exec(
        CHROMIUM,
        *FLAGS,
        f"--user-data-dir={profile}",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "HOME": str(profile)},
    )
    try:
        yield await _address(process, profile)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # its children as well
        await process.wait()


@asynccontextmanager
async def tab(address: str, *, alone: bool = False) -> AsyncIterator[Page]:
    """A new tab of a browser that runs."""
    async with websockets.connect(address, max_size=None) as socket:
        page = Page(socket, address)
        listening = asyncio.create_task(page.listen())
        await page.attach(alone=alone)
        try:
            yield page
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


async def _address(process: asyncio.subprocess.Process, profile: Path) -> str:
    """Where it listens: it writes that down once it does."""
    note = profile / "DevToolsActivePort"
    async with asyncio.timeout(PATIENCE):
        while True:
            assert process.returncode is None, "Chromium did not start"
            lines = note.read_text().splitlines() if note.exists() else []
            if len(lines) == 2:
                return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
            await asyncio.sleep(0.05)
