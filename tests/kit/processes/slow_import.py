"""A module whose import takes longer than anybody waits: a child that loads it never gets ready."""

from __future__ import annotations

from threading import Event

Event().wait()
