"""Postgres and Valkey for one machine: real servers that live and die with this process."""

from server.embedded.process import ServerFailed
from server.embedded.servers import Servers, embedded_servers, shared_servers

__all__ = ["ServerFailed", "Servers", "embedded_servers", "shared_servers"]
