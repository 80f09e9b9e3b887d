"""The collector: a look sees what came since the last but one, and nothing is lost for good."""

import gc
import weakref

from server.collecting import ROOM, spare_the_collector, thawed


class Circle:
    """Holds itself."""

    def __init__(self) -> None:
        self.held = self


def test_what_outlives_two_looks_is_looked_at_no_more_before_all_is_thawed() -> None:
    spare_the_collector()
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
