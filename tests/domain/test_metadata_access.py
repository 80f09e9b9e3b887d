"""Who may put metadata on what."""

import pytest

from domain.access import GUEST, Permission, Viewer
from domain.metadata_access import GUESTS, OWNED, STAFF, check_may_ask, check_may_change
from domain.refusals import Denied, NotFound

ADA = Viewer(user_id=1)


def staff(*permissions: Permission) -> Viewer:
    return Viewer(user_id=9, is_staff=True, permissions=frozenset(permissions))


def allowed(viewer: Viewer, kind: str, owner_id: int | None, *, private: bool = False) -> bool:
    try:
        check_may_ask(viewer, kind, private=private)
        check_may_change(viewer, kind, owner_id)
    except (Denied, NotFound):
        return False
    return True


@pytest.mark.parametrize("kind", sorted(STAFF))
def test_staff_needs_a_permission_for_the_kind(kind: str) -> None:
    others = [one for one in Permission if one not in STAFF[kind]]

    assert all(allowed(staff(one), kind, 5) for one in STAFF[kind])
    assert all(allowed(staff(one), kind, 5, private=True) for one in STAFF[kind])
    assert not allowed(staff(*others), kind, 5)
    assert not allowed(staff(*others), kind, 9, private=True)


@pytest.mark.parametrize("kind", sorted(STAFF))
def test_shoppers_change_what_is_theirs(kind: str) -> None:
    owned, by_id = kind in OWNED, kind in GUESTS

    assert allowed(ADA, kind, 1) == owned
    assert not allowed(ADA, kind, 2)
    assert allowed(ADA, kind, None) == allowed(GUEST, kind, None) == by_id
    assert not allowed(GUEST, kind, 1)
    assert not allowed(ADA, kind, 1, private=True)
    assert not allowed(GUEST, kind, None, private=True)


def test_what_is_somebody_elses_is_not_found_and_what_is_the_staffs_is_denied() -> None:
    with pytest.raises(NotFound):
        check_may_change(ADA, "Address", 2)
    with pytest.raises(Denied):
        check_may_ask(ADA, "Product", private=False)
    with pytest.raises(Denied):
        check_may_ask(ADA, "Address", private=True)
