"""Tags: the names of what an answer was made of, by which it is found when that has changed."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from graphql import GraphQLSchema

from engine.caching.policies import Policy, words_in
from engine.declarations import columns_of, rows_by_class
from engine.invocations import Seen

Columns = Sequence[tuple[str, str]]


def tag(kind: str, key: object) -> str:
    """Of one object of a type."""
    return f"{kind}:{key}"


def tag_of_lists(kind: str) -> str:
    """Of every list of objects of a type: who is in it, and in which order."""
    return f"{kind}:*"


class Tagging:
    """How rows are tagged.

    A row that stands for one of the types ``kinds`` is tagged by its ``id``. ``parents`` are columns of any
    row and the types whose keys they hold: what the row says is part of that object. ``words`` are names of
    fields, arguments and input fields that make an answer depend on more than its rows, and the tags of that.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        kinds: Collection[str],
        parents: Mapping[str, str],
        words: Mapping[str, str],
    ) -> None:
        self._kinds = frozenset(kinds)
        self._columns: dict[type, Columns] = {}
        for row, kind in rows_by_class(schema).items():
            known = columns_of(row)
            own = [(kind, "id")] if kind in kinds and "id" in known else []
            self._columns[row] = own + [(of, column) for column, of in parents.items() if column in known]
        self._words = words

    def tags(
        self, policy: Policy, variables: Mapping[str, Any], data: Mapping[str, Any], seen: Seen
    ) -> frozenset[str]:
        """The tags of an answer, by its operation's policy and by the rows that it was made of.

        A root field that found nothing may find something as soon as there is anything new of its types.
        """
        found = {tag_of_lists(kind) for kind in policy.listed & self._kinds}
        for name, value in data.items():
            if value is None:
                found.update(tag_of_lists(kind) for kind in policy.roots.get(name, self._kinds) & self._kinds)
        if self._words:
            spelled = policy.words.union(words_in(variables))
            found.update(meant for word, meant in self._words.items() if word in spelled)
        for rows in seen.levels:
            found.update(self._of_rows(rows))
        return frozenset(found)

    def _of_rows(self, rows: Iterable[Any]) -> Iterator[str]:
        for row in rows:
            for kind, column in self._columns.get(type(row), ()):
                key = getattr(row, column)
                if key is not None:
                    yield f"{kind}:{key}"
