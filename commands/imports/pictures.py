"""Copies of the pictures that imported products show, fetched from where they live."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adapters.fetching import Fetcher, FetchFailed
from commands.shop import Shop
from db import outbox
from db.imports import offers
from db.imports.offers import PictureRow
from domain.events import ProductUpdated
from domain.imports.report import Progress, silent

AT_ONCE = 4
BUDGET = 300.0
"""Seconds for all pictures of a run; what is left then is fetched by the next."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """How many pictures are kept here now, and a sentence for each reason why others are not."""

    kept: int
    notes: Sequence[str]


async def fetch(
    shop: Shop,
    fetcher: Fetcher,
    pictures: Sequence[PictureRow],
    progress: Progress = silent,
    budget: float = BUDGET,
) -> Fetched:
    """Keep a copy of each picture, a few at a time.

    One that cannot be had goes on being shown from its address. Records ``ProductUpdated``.
    """
    places = asyncio.Semaphore(AT_ONCE)
    ends = asyncio.get_running_loop().time() + budget
    failures: dict[int, str] = {}
    done = 0

    async def one(picture: PictureRow) -> None:
        nonlocal done
        async with places:
            try:
                async with asyncio.timeout_at(ends):
                    found = await fetcher.picture(picture.external_url)
                # By content, so that the same picture is kept once, and a new run writes what is there.
                key = f"products/{hashlib.sha256(found.data).hexdigest()[:40]}{found.extension}"
                await shop.files.put(key, found.data, found.content_type)
                async with shop.db.transaction() as tx:
                    await offers.keep_picture(tx, picture.id, key)
                    await outbox.record(tx, ProductUpdated(picture.product_id))
            except FetchFailed as failure:
                failures[picture.id] = str(failure)
            except TimeoutError:
                failures[picture.id] = "there was no time left"
            done += 1
            progress("Pictures", done, len(pictures))

    async with asyncio.TaskGroup() as group:
        for picture in pictures:
            group.create_task(one(picture))
    return Fetched(len(pictures) - len(failures), _notes(pictures, failures))


def _notes(pictures: Sequence[PictureRow], failures: Mapping[int, str]) -> list[str]:
    urls: dict[str, list[str]] = {}
    for picture in pictures:
        if picture.id in failures:
            urls.setdefault(failures[picture.id], []).append(picture.external_url)
    return [
        f"{len(same):,} pictures are shown from where they are, because {reason}; the first is {same[0]}"
        for reason, same in urls.items()
    ]
