"""Our floors have plain names: nobody else's package may have the same."""

from importlib.metadata import packages_distributions

import pytest

from tests.architecture.conftest import FLOORS


@pytest.mark.parametrize("floor", FLOORS)
def test_no_installed_distribution_owns_the_name_of_a_floor(floor: str) -> None:
    assert packages_distributions().get(floor, []) == []
