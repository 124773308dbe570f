"""Starts a server's child on the port that the server had before, or on the next free one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from headwater.process.ports import find_free_port, keep_port, read_port
from headwater.process.supervise import ChildEvent, ChildFailed, SupervisedChild

_TRIES = 5


async def start_listening(
    child: SupervisedChild,
    *,
    wanted: int,
    port_file: Path,
    use_port: Callable[[int], None],
    taken: str,
    on_event: Callable[[ChildEvent], None],
) -> None:
    """Start `child` after telling it its port by `use_port`, and keep that port in `port_file` for the next start.

    `wanted` is where the search begins at the first start (0: any). `taken` is what the child's log says when somebody
    took the port between our look and the child's: then the search goes on.

    Raises:
        ChildFailed: the child doesn't start.
        OSError: the port can't be kept.
    """
    kept = read_port(port_file)
    first = wanted if kept is None else kept
    for attempt in range(1, _TRIES + 1):
        port = find_free_port(first)
        if first not in {0, port}:
            on_event(ChildEvent(child.name, "moved", f"port {first} is taken: {child.name} listens on {port} instead"))
        use_port(port)
        try:
            await child.start()
        except ChildFailed as error:
            if attempt == _TRIES or taken not in (error.hint or ""):
                raise
        else:
            keep_port(port_file, port)
            return
