"""The gateways that this shop has; a channel names those that it offers."""

from collections.abc import Iterable, Sequence

from adapters.payments.gateway import Gateway


class Gateways:
    """Gateways by their ids."""

    def __init__(self, gateways: Iterable[Gateway]) -> None:
        self._by_id = {gateway.id: gateway for gateway in gateways}

    def find(self, id: str) -> Gateway | None:
        return self._by_id.get(id)

    def offered(self, ids: Sequence[str], currency: str) -> list[Gateway]:
        """Those of ``ids`` that the shop has and that take ``currency``, in the order of ``ids``."""
        found = [self._by_id[name] for name in ids if name in self._by_id]
        return [one for one in found if one.currencies is None or currency in one.currencies]
