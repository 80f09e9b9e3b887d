"""The demo shop's files: pictures, and two short samples of music."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from adapters.files.store import FileStore
from commands.demo.catalogue import pictures
from commands.demo.pictures.drawing import banner, draw, swatch, tune
from commands.demo.sayings import SWATCH_KEY

WORKERS = 2
WEBP, WAV = "image/webp", "audio/wav"
BANNERS: Mapping[str, tuple[str, Sequence[str]]] = {
    "categories/apparel": ("waves", ("#f4efe4", "#f2b25c", "#8fb8c9")),
    "categories/home": ("sun", ("#fdf3dc", "#e2603c", "#f2b25c")),
    "categories/books": ("hills", ("#e8efe0", "#9dbf8a", "#3f7d58")),
    "categories/music": ("moons", ("#232a3d", "#f4efe4", "#8fb8c9")),
    "categories/pantry": ("leaves", ("#fdf3dc", "#3f7d58", "#e2603c")),
    "categories/gift-cards": ("rings", ("#fdf3dc", "#e2603c", "#f2b25c")),
    "collections/featured-products": ("hills", ("#f2b25c", "#e2603c", "#44355b")),
    "collections/new-arrivals": ("triangles", ("#dfe7ea", "#4f7f94", "#2f4858")),
    "collections/sale": ("dots", ("#f2b25c", "#fdf3dc", "#e2603c")),
    "collections/summer": ("waves", ("#fdf3dc", "#f2b25c", "#4f7f94")),
}
TUNES: Mapping[str, Sequence[float]] = {
    "demo/rooms-at-night.wav": (220.0, 261.63, 329.63, 440.0, 392.0, 329.63, 261.63, 220.0),
    "demo/field-recordings.wav": (523.25, 659.25, 587.33, 783.99, 659.25, 523.25),
}


async def keep_files(files: FileStore) -> int:
    """Draw everything and keep it; how many files it is. They are the same every time."""
    loop = asyncio.get_running_loop()
    # Pillow lets go of the interpreter while it works, so a second thread is nearly a second core.
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="demo") as threads:

        async def keep(key: str, content_type: str, make: Callable[[], bytes]) -> None:
            await files.put(key, await loop.run_in_executor(threads, make), content_type)

        wanted = [
            *((picture.key, WEBP, partial(draw, picture)) for picture in pictures()),
            *((f"{name}.webp", WEBP, partial(banner, *look)) for name, look in BANNERS.items()),
            (SWATCH_KEY, WEBP, partial(swatch, "dots", ("#e9e2d3", "#59656d", "#9aa3a8"))),
            *((key, WAV, partial(tune, notes)) for key, notes in TUNES.items()),
        ]
        await asyncio.gather(*(keep(*one) for one in wanted))
    return len(wanted)
