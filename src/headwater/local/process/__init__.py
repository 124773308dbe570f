"""Child processes that are ready when they say so, come back when they die, and never outlive us."""

from headwater.local.process.programs import ProcessTree, Startable, answers_requests, is_listening, make_python_child
from headwater.local.process.spawn import ChildCommand
from headwater.local.process.supervise import ChildEvent, ChildFailed, ChildStatus, SupervisedChild, log_event

__all__ = [
    "ChildCommand",
    "ChildEvent",
    "ChildFailed",
    "ChildStatus",
    "ProcessTree",
    "Startable",
    "SupervisedChild",
    "answers_requests",
    "is_listening",
    "log_event",
    "make_python_child",
]
