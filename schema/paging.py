"""The arguments by which a list is read in pages."""

from typing import Annotated

import strawberry

First = Annotated[
    int | None, strawberry.argument(description="At most so many, from the beginning or `after` on.")
]
After = Annotated[str | None, strawberry.argument(description="Only what comes after this cursor.")]
Last = Annotated[
    int | None, strawberry.argument(description="At most so many, up to the end or to `before`.")
]
Before = Annotated[str | None, strawberry.argument(description="Only what comes before this cursor.")]
