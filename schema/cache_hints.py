"""How long what the API shows is good for; see ``engine.caching.hints``."""

from typing import Final

from engine.caching.hints import CacheControl, CacheScope

CATALOGUE: Final = CacheControl(max_age=60)
"""What is for everybody to see. Our own copies go as soon as it changes, those of browsers stay as long."""
STOCK: Final = CacheControl(max_age=10)
"""What ends by itself, as what is held for a checkout does: no event tells of it."""
AS_ABOVE: Final = CacheControl(inherit_max_age=True)
"""A part of the object that it is read from."""
OF_STAFF: Final = CacheControl(max_age=0, scope=CacheScope.PRIVATE)
"""What shoppers are never shown."""
