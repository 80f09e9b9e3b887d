"""``./run bench requests``: answers a second, beside the reference executor and hand-written handlers."""

from datetime import UTC, datetime

from bench.comparing import FULL, QUICK, compare
from bench.table import written


async def measure(quick: bool) -> str:  # noqa: FBT001 - one signature for all measures
    effort = QUICK if quick else FULL
    return written(await compare(effort), effort, datetime.now(UTC).date())
