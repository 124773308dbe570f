"""Embedded Valkey: the program of a wheel under the same supervisor as Postgres."""

from headwater.local.valkey.server import LocalValkey, ValkeyStatus, find_running_valkey

__all__ = ["LocalValkey", "ValkeyStatus", "find_running_valkey"]
