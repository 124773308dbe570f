"""The server's settings: those of a small machine, safe by default."""

from __future__ import annotations

from collections.abc import Mapping

_ALWAYS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # The change feed reads the write-ahead log; a reader that is gone must not fill the disk with it.
    "wal_level": "logical",
    "max_slot_wal_keep_size": "1GB",
    "max_replication_slots": "20",
    "max_wal_senders": "20",
    "max_wal_size": "1GB",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    # Any disk that this runs on today seeks as fast as it reads on.
    "random_page_cost": "1.1",
    "jit": "off",
    "shared_preload_libraries": "pg_stat_statements",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_min_duration_statement": "5s",
    "log_lock_waits": "on",
}
_FOR_TESTS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum_naptime": "1min",
}


def list_settings(*, port: int, durable: bool, overrides: Mapping[str, str]) -> list[str]:
    """Return the arguments that set everything; `overrides` win. `durable=False` may lose data at a power cut."""
    settings = {**_ALWAYS, **({} if durable else _FOR_TESTS), "port": str(port), **overrides}
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
