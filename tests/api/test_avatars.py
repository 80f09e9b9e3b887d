"""Pictures of people, uploaded as other clients upload files."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from domain.accounts import MAX_AVATAR_BYTES
from tests.clients import Client
from tests.factory import Factory

PUT = """mutation ($image: Upload!) { userAvatarUpdate(image: $image) {
    user { email avatar(size: 64) { url } } errors { field code }
} }"""
REMOVE = "mutation { userAvatarDelete { user { avatar { url } } errors { code } } }"


def picture(kind: str = "PNG", size: int = 40, **more: Any) -> bytes:
    written = BytesIO()
    Image.new("RGB", (size, size), (200, 0, 0)).save(written, kind, **more)
    return written.getvalue()


async def kept(factory: Factory) -> list[str]:
    rows = await factory.fetch("select avatar_key from users where avatar_key is not null")
    return [row["avatar_key"] for row in rows]


async def test_a_picture_is_kept_anew_and_without_where_it_was_taken(
    client: Client, factory: Factory
) -> None:
    ada = await client.as_user(await factory.user("ada@example.com"))
    exif = Image.Exif()
    exif[0x010F] = "A camera with a name"

    answer = await ada.ask(PUT, image=picture("JPEG", 2_000, exif=exif))

    (key,) = await kept(factory)
    stored = await client.shop.files.get(key)
    with Image.open(BytesIO(stored)) as found:
        assert (found.size, found.format, dict(found.getexif())) == ((1024, 1024), "JPEG", {})
    assert b"camera" not in stored
    assert (key.split("/")[0], key[-4:], len(key)) == ("avatars", ".jpg", 44)
    payload = answer["data"]["userAvatarUpdate"]
    assert payload["errors"] == []
    assert payload["user"]["email"] == "ada@example.com"
    assert payload["user"]["avatar"]["url"].endswith(key)


async def test_the_next_one_takes_its_place(client: Client, factory: Factory) -> None:
    ada = await client.as_user(await factory.user("ada@example.com"))
    await ada.run(PUT, image=picture())
    (first,) = await kept(factory)
    await client.shop.thumbnails.fetch(first, 32, "WEBP")

    await ada.run(PUT, image=picture())

    (second,) = await kept(factory)
    exist = [await client.shop.files.exists(key) for key in (first, f"thumbnails/32/webp/{first}", second)]
    assert exist == [False, False, True]


async def test_it_can_be_taken_away(client: Client, factory: Factory) -> None:
    ada = await client.as_user(await factory.user("ada@example.com"))
    await ada.run(PUT, image=picture())
    (key,) = await kept(factory)

    answers = [await ada.run(REMOVE) for _ in range(2)]

    assert answers == [{"userAvatarDelete": {"user": {"avatar": None}, "errors": []}}] * 2
    assert not await client.shop.files.exists(key)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<svg onload='alert(1)'/>", "INVALID"),
        (b"", "INVALID"),
        (picture()[:60], "INVALID"),
        (b"\x89PNG" + bytes(MAX_AVATAR_BYTES), "FILE_SIZE_LIMIT_EXCEEDED"),
    ],
)
async def test_what_is_no_picture_of_a_fair_size_is_refused(
    client: Client, factory: Factory, content: bytes, code: str
) -> None:
    ada = await client.as_user(await factory.user("ada@example.com"))

    answer = await ada.ask(PUT, image=content)

    assert answer["data"] == {
        "userAvatarUpdate": {"user": None, "errors": [{"field": "image", "code": code}]}
    }
    assert await kept(factory) == []


async def test_a_guest_has_no_picture(client: Client) -> None:
    answer = await client.ask(PUT, image=picture())

    assert answer["data"] is None
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]


async def test_a_picture_in_json_is_none(client: Client, factory: Factory) -> None:
    ada = await client.as_user(await factory.user("ada@example.com"))

    assert await ada.refused(PUT, image="me.png") == ["BAD_USER_INPUT"]


async def test_a_body_beyond_all_limits_is_not_read(client: Client, factory: Factory) -> None:
    ada = await client.as_user(await factory.user("ada@example.com"))

    response = await ada.post(PUT, image=bytes(21 << 20))

    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (
        413,
        "PAYLOAD_TOO_LARGE",
    )
