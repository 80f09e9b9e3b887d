from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from moto.server import ThreadedMotoServer

from adapters.files.disk import disk_files
from adapters.files.s3 import s3_files
from adapters.files.store import FileStore

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["disk", "s3"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[FileStore]:
    """An empty store of each kind, public under https://shop.example."""
    if request.param == "disk":
        yield disk_files(tmp_path, "https://shop.example/", "a secret", lambda: NOON)
        return

    endpoint, bucket = request.getfixturevalue("s3_endpoint"), f"shop-{uuid4()}"
    httpx2.put(f"{endpoint}/{bucket}").raise_for_status()
    async with s3_files(
        bucket=bucket,
        endpoint_url=endpoint,
        region="us-east-1",
        access_key="key",
        secret_key="secret",  # noqa: S106 - moto asks for none
        public_url="https://shop.example/media",
    ) as files:
        yield files
