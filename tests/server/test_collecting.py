"""The collector: a look sees what came since the last but one, and nothing is lost for good."""

import gc
import weakref

from starlette.applications import Starlette

from server.collecting import LOOKS, ROOM, spared, thawed


class Circle:
    """Holds itself."""

    def __init__(self) -> None:
        self.held = self


async def test_what_outlives_two_looks_is_looked_at_no_more_before_all_is_thawed() -> None:
    usual = gc.get_threshold(), list(gc.callbacks)
    app = spared(Starlette())
    async with app.router.lifespan_context(app):
        assert gc.get_threshold() == LOOKS
        young, old = Circle(), Circle()
        seen_young, seen_old = weakref.ref(young), weakref.ref(old)
        del young
        gc.collect(1)
        del old
        gc.collect()
        assert (seen_young() is None, seen_old() is None) == (True, False)

        frozen = gc.get_freeze_count()
        assert thawed(frozen) == frozen
        assert seen_old() is not None
        most = thawed(frozen - 1)
        assert seen_old() is None
        assert most == gc.get_freeze_count() + ROOM
        assert not gc.get_objects(generation=2)
    gc.unfreeze()
    assert (gc.get_threshold(), gc.callbacks) == usual
