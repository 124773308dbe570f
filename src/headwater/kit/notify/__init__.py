"""Notifying people of what happened: who wants to know and how, and what became of every message."""

from headwater.kit.notify.delivery.delivering import deliver
from headwater.kit.notify.delivery.digests import collect_digest
from headwater.kit.notify.delivery.inviting import MailedInvitations, send_invitation
from headwater.kit.notify.delivery.sweeping import schedules
from headwater.kit.notify.delivery.tools import NotifyTools, SendingRates
from headwater.kit.notify.events import Event, Part, Severity
from headwater.kit.notify.kinds import EventKind, EventKinds
from headwater.kit.notify.notifying import notify, notify_many

jobs = (deliver, collect_digest, send_invitation)

__all__ = [
    "Event",
    "EventKind",
    "EventKinds",
    "MailedInvitations",
    "NotifyTools",
    "Part",
    "SendingRates",
    "Severity",
    "jobs",
    "notify",
    "notify_many",
    "schedules",
]
