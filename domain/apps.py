"""Apps: what they are called, and who may let them do what."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from domain.access import Permission, Viewer
from domain.events import Event
from domain.refusals import Invalid, NotFound, Refusal, Required

MOST_LETTERS: Final = 256


class PermissionOutOfScope(Refusal):
    """Nobody lets an app do what they may not do themselves."""

    code = "OUT_OF_SCOPE_PERMISSION"

    def __init__(self, missing: Collection[Permission]) -> None:
        super().__init__(
            "You may not give away a permission that you do not have.",
            field="permissions",
            facts={"permissions": sorted(missing)},
        )


class AppOutOfScope(Refusal):
    """The app may do more than whoever wants to change it: with its token they could do that too."""

    code = "OUT_OF_SCOPE_APP"


@dataclass(frozen=True, slots=True)
class AppCreated(Event):
    subject = "App"


@dataclass(frozen=True, slots=True)
class AppUpdated(Event):
    """What it is called, what it may do, its tokens, or whether it may do anything has changed."""

    subject = "App"


@dataclass(frozen=True, slots=True)
class AppWish:
    """What an app is to be; null leaves what is there, and an empty ``identifier`` is none."""

    name: str | None = None
    identifier: str | None = None
    permissions: Sequence[Permission] | None = None


def app_problems(wish: AppWish, *, is_new: bool) -> list[Refusal]:
    """What is wrong with the names."""
    found: list[Refusal] = []
    if not (wish.name or "").strip() and (is_new or wish.name is not None):
        found.append(Required("An app needs a name.", field="name"))
    found += [
        Invalid(f"At most {MOST_LETTERS} letters.", field=field)
        for field, text in (("name", wish.name), ("identifier", wish.identifier))
        if text is not None and len(text) > MOST_LETTERS
    ]
    return found


def check_grants(viewer: Viewer, permissions: Collection[Permission]) -> None:
    """Raise ``PermissionOutOfScope`` where the viewer would give away more than is theirs."""
    missing = set(permissions) - viewer.permissions
    if missing:
        raise PermissionOutOfScope(missing)


def check_scope(viewer: Viewer, permissions: Collection[str]) -> None:
    """Raise ``AppOutOfScope`` where an app that may do all this may do more than the viewer."""
    if not viewer.permissions.issuperset(permissions):
        raise AppOutOfScope("This app may do more than you may.", field="id")


def no_app() -> NotFound:
    return NotFound("There is no such app.", field="id")
