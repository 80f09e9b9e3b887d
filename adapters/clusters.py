"""Redis as its address asks for it: one server, or a cluster of them."""

from typing import Any, Final
from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.asyncio.connection import AbstractConnection, parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisClusterException, RedisError

SCHEMES: Final = {"redis+cluster": "redis", "rediss+cluster": "rediss"}
PORT: Final = 6379
FAILURES: Final = (RedisError, RedisClusterException, OSError)
"""What it is to have no answer from either kind."""


def is_cluster(url: str) -> bool:
    """Whether the address is a cluster's: ``redis+cluster://host:port,host:port``, or ``rediss+cluster``."""
    return urlsplit(url).scheme in SCHEMES


def connect(url: str, *, timeout: float) -> Redis | RedisCluster:
    """A client that connects when it is first used, and gives up after ``timeout`` seconds.

    RESP2, for RESP3 gives messages other shapes. No retries: whoever asks has to know.
    """
    if is_cluster(url):
        return connect_cluster(url, timeout=timeout)
    return Redis.from_url(
        url, protocol=2, socket_timeout=timeout, socket_connect_timeout=timeout, retry=Retry(NoBackoff(), 0)
    )


def connection_for_listening(url: str, *, timeout: float) -> AbstractConnection:
    """A connection to one server, not yet open: ``timeout`` is for that, and what it hears may take ages."""
    options: dict[str, Any] = {"protocol": 2, "retry": Retry(NoBackoff(), 0)}
    client = Redis.from_url(url, socket_timeout=None, socket_connect_timeout=timeout, **options)
    made: AbstractConnection = client.connection_pool.make_connection()  # type: ignore[no-untyped-call]  # redis-py's
    return made


def connect_cluster(url: str, *, timeout: float) -> RedisCluster:
    """As ``connect``, for the address of a cluster; of the nodes that are named one has to answer."""
    parts = urlsplit(url)
    who, at, hosts = parts.netloc.rpartition("@")
    first, *others = [f"{SCHEMES[parts.scheme]}://{who}{at}{host}?{parts.query}" for host in hosts.split(",")]
    options: dict[str, Any] = dict(parse_url(first))
    options["ssl"] = options.pop("connection_class", None) is not None
    nodes = [_node(other) for other in others]
    return RedisCluster(
        **options,
        startup_nodes=nodes or None,
        dynamic_startup_nodes=False,  # a name is good for longer than what it led to
        protocol=2,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        retry=Retry(NoBackoff(), 0),
    )


def _node(url: str) -> ClusterNode:
    named = parse_url(url)
    return ClusterNode(named["host"], named.get("port", PORT))
