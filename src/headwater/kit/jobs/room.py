"""What jobs bring to the doors. Their endpoints come with workspaces, the room above, which knows who is calling."""

from __future__ import annotations

from headwater.kit.jobs.overview import read_overview
from headwater.kit.module import Module

room = Module(name="jobs", title="Jobs", overview=read_overview)
