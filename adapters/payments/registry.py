"""The gateways that this shop has, and the channels that offer them."""

from collections.abc import Iterable, Mapping, Sequence

from adapters.payments.gateway import Gateway, Knowing, Telling


class Gateways:
    """Gateways by their ids. A channel offers those that its own list names, and then those ``given`` to it.

    ``given`` is ids by the slug of a channel.
    """

    def __init__(self, gateways: Iterable[Gateway], given: Mapping[str, Sequence[str]] | None = None) -> None:
        self._by_id = {gateway.id: gateway for gateway in gateways}
        self._given = given or {}

    def find(self, id: str) -> Gateway | None:
        return self._by_id.get(id)

    @property
    def knowing(self) -> list[str]:
        """The ids of those that say at any time how a payment stands."""
        return [name for name, gateway in self._by_id.items() if isinstance(gateway, Knowing)]

    def offered(self, ids: Sequence[str], currency: str, channel: str = "") -> list[Gateway]:
        """Those of ``ids`` that the shop has and that take ``currency``, in that order, and the channel's."""
        named = dict.fromkeys([*ids, *self._given.get(channel, ())])
        found = [self._by_id[name] for name in named if name in self._by_id]
        return [one for one in found if one.currencies is None or currency in one.currencies]

    def telling(self, webhook: str) -> list[Telling]:
        """Those that tell at this place."""
        return [one for one in self._by_id.values() if isinstance(one, Telling) and one.webhook == webhook]
