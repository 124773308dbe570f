"""Child processes that are ready when they say so, come back when they die, and never outlive us."""

from headwater.process.programs import (
    answers_at_all,
    answers_requests,
    is_listening,
    make_python_child,
)
from headwater.process.spawn import ChildCommand
from headwater.process.supervise import (
    ChildEvent,
    ChildFailed,
    ChildRefused,
    ChildStatus,
    SupervisedChild,
    log_event,
)
from headwater.process.vigil import DUMP_SIGNAL, Listener, Vigil, watch_file

__all__ = [
    "DUMP_SIGNAL",
    "ChildCommand",
    "ChildEvent",
    "ChildFailed",
    "ChildRefused",
    "ChildStatus",
    "Listener",
    "SupervisedChild",
    "Vigil",
    "answers_at_all",
    "answers_requests",
    "is_listening",
    "log_event",
    "make_python_child",
    "watch_file",
]
