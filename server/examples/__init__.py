"""What the explorer offers to try: the documents beside this file, in the order of their numbers."""

from pathlib import Path

from engine.explorer.page import Example

FOLDER = Path(__file__).parent


def examples() -> tuple[Example, ...]:
    """Titles are the names of the files: ``2-a-product-page.graphql`` is "A product page"."""
    return tuple(
        Example(path.stem.partition("-")[2].replace("-", " ").capitalize(), path.read_text())
        for path in sorted(FOLDER.glob("*.graphql"))
    )
