"""What a part of the demo is made of: simulated outside systems, and a story that is told with them.

A product names its systems and its story in its `Product`, as places that are loaded only by `headwater demo`.
"""

from headwater.kit.demo.client import DemoClient
from headwater.kit.demo.control import Action, RemoteWorld, RunningSystem, WorldControl, control_routes
from headwater.kit.demo.loopback import HOST, serve_http
from headwater.kit.demo.stories import Event, Outcome, Stage, Story
from headwater.kit.demo.systems import Opening, System

__all__ = [
    "HOST",
    "Action",
    "DemoClient",
    "Event",
    "Opening",
    "Outcome",
    "RemoteWorld",
    "RunningSystem",
    "Stage",
    "Story",
    "System",
    "WorldControl",
    "control_routes",
    "serve_http",
]
