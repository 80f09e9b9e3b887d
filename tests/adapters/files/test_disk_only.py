from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from adapters.files.disk import DiskFiles, disk_files
from adapters.files.signing import Grant, SignatureRefused
from adapters.files.store import KeyRefused

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Clock:
    now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def disk(tmp_path: Path, clock: Clock) -> DiskFiles:
    return disk_files(tmp_path / "files", "https://shop.example", "a secret", clock)


def query_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


async def test_an_upload_url_grants_just_what_was_signed(disk: DiskFiles) -> None:
    url = await disk.signed_url("PUT", "mugs/1.png", HOUR, "image/png", 5)

    assert url.startswith("https://shop.example/files/mugs/1.png?expires=1772370000&type=image%2Fpng&size=5&")
    assert disk.verify("PUT", "mugs/1.png", query_of(url)) == Grant(
        "PUT", "mugs/1.png", NOON + HOUR, "image/png", 5
    )


async def test_a_url_holds_until_its_expiry_and_not_at_it(disk: DiskFiles, clock: Clock) -> None:
    query = query_of(await disk.signed_url("GET", "mug.png", HOUR))

    clock.now = NOON + HOUR - timedelta(seconds=1)
    assert disk.verify("GET", "mug.png", query).expires == NOON + HOUR

    clock.now = NOON + HOUR
    with pytest.raises(SignatureRefused) as refusal:
        disk.verify("GET", "mug.png", query)
    assert refusal.value.code == "EXPIRED"


@pytest.mark.parametrize(
    "change",
    [
        {"expires": "1999999999"},
        {"expires": "x"},
        {"type": "text/html"},
        {"size": "6"},
        {"signature": ""},
        {"signature": "0" * 64},
        {"signature": "é\ud800"},
    ],
)
async def test_a_changed_url_is_refused(disk: DiskFiles, change: dict[str, str]) -> None:
    query = query_of(await disk.signed_url("PUT", "mug.png", HOUR, "image/png", 5))

    with pytest.raises(SignatureRefused) as refusal:
        disk.verify("PUT", "mug.png", query | change)

    assert refusal.value.code == "INVALID"


@pytest.mark.parametrize("left_out", ["expires", "type", "size", "signature"])
async def test_a_shortened_url_is_refused(disk: DiskFiles, left_out: str) -> None:
    query = query_of(await disk.signed_url("PUT", "mug.png", HOUR, "image/png", 5))
    del query[left_out]

    with pytest.raises(SignatureRefused):
        disk.verify("PUT", "mug.png", query)


async def test_a_signature_is_for_one_method_one_key_and_one_secret(disk: DiskFiles, tmp_path: Path) -> None:
    query = query_of(await disk.signed_url("GET", "mug.png", HOUR))
    stranger = disk_files(tmp_path, "https://shop.example", "another secret", lambda: NOON)

    with pytest.raises(SignatureRefused):
        disk.verify("PUT", "mug.png", query)
    with pytest.raises(SignatureRefused):
        disk.verify("GET", "cup.png", query)
    with pytest.raises(SignatureRefused):
        stranger.verify("GET", "mug.png", query)
    assert urlencode(query) == urlsplit(await disk.signed_url("GET", "mug.png", HOUR)).query


def test_an_empty_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="without a secret"):
        disk_files(tmp_path, "https://shop.example", "", lambda: NOON)


async def test_nothing_but_the_file_is_left_in_the_folder(disk: DiskFiles, tmp_path: Path) -> None:
    await disk.put("mug.png", b"as webp", "image/webp")
    await disk.put("mug.png", b"as png", "image/png")

    assert [path.name for path in (tmp_path / "files").iterdir()] == ["mug.png"]

    await disk.put("cup.png", b"as webp", "image/webp")
    await disk.delete("cup.png")

    assert [path.name for path in (tmp_path / "files").iterdir()] == ["mug.png"]


async def test_a_file_and_a_folder_cannot_share_a_name(disk: DiskFiles, tmp_path: Path) -> None:
    await disk.put("mugs/1.png", b"a mug", "image/png")

    with pytest.raises(KeyRefused, match="it is a folder"):
        await disk.put("mugs", b"a mug", "image/png")
    with pytest.raises(KeyRefused, match="a part of it is a file"):
        await disk.put("mugs/1.png/2/3.png", b"a mug", "image/png")

    assert [path.name for path in (tmp_path / "files").rglob("*")] == ["mugs", "1.png"]
