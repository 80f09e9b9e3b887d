"""From the text of a function to the function: texts are compiled once, whatever differs is bound."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any, Final

MOST_TEXTS: Final = 1_024  # compiled ones, of 1 to 4 KB
MARK: Final = "?"  # begins what stands for a response name; no name of GraphQL's has it


class Bound:
    """What a function's text leaves open: the values it calls by name, and the keys of the answer.

    So the text tells the shape of a selection, whatever its aliases, and most documents select money, images
    and edges in shapes that another had before: to compile Python was half of what a new plan took.
    """

    def __init__(self, names: Mapping[str, Any]) -> None:
        self._names = dict(names)
        self._shown: list[str] = []

    def name(self, value: object) -> str:
        """Python for the value."""
        name = f"_{len(self._names)}"
        self._names[name] = value
        return name

    def shown(self, name: str) -> str:
        """Python for a response name."""
        self._shown.append(name)
        return repr(f"{MARK}{len(self._shown) - 1}")

    def function(self, text: str, title: str) -> Callable[..., Any]:
        """The function that ``text`` defines, and nothing besides.

        Its code is its own: the interpreter notes in it where the names of these globals were found.
        """
        return FunctionType(self._named(_code(text, title)), self._names)

    def _named(self, constant: Any) -> Any:
        """With response names in it: an object's are one tuple, and a comprehension has code of its own."""
        match constant:
            case CodeType():
                return constant.replace(co_consts=self._named(constant.co_consts))
            case tuple():
                return tuple(map(self._named, constant))
            case str() if constant.startswith(MARK):
                return self._shown[int(constant[1:])]
        return constant


@lru_cache(MOST_TEXTS)
def _code(text: str, title: str) -> CodeType:
    module = compile(text, title, "exec")
    return next(constant for constant in module.co_consts if isinstance(constant, CodeType))


compiled = _code.cache_info
"""How many texts there were, and how many of them had to be compiled."""
forget_compiled = _code.cache_clear
"""As if there had been none."""
