"""A simulated outside world that speaks the real wire formats: the web, mail, webhook receivers and AI providers.

Each system is a real server on loopback with a control object of the same shape: `url`, `control_url`, `actions()`.
`systems/` lists those of the platform, products bring more. In process:
`async with open_world((web.system,)) as world: world.get(web.system).change("/acme/pricing", "price")`. From another
process: `python -m headwater.demo --port 8700`, then `POST http://127.0.0.1:8700/_control/change`, or `RemoteWorld`.
"""

from headwater.demo.mail import DemoMail, open_mail
from headwater.demo.models import DemoModels, open_models
from headwater.demo.receiver import DemoReceiver, open_receiver
from headwater.demo.sendgrid import DemoSendGrid, open_sendgrid
from headwater.demo.web import BenchWeb, DemoWeb, open_bench, open_web
from headwater.demo.world import World, open_world, run_world
from headwater.kit.demo import RemoteWorld, RunningSystem, System, WorldControl

__all__ = [
    "BenchWeb",
    "DemoMail",
    "DemoModels",
    "DemoReceiver",
    "DemoSendGrid",
    "DemoWeb",
    "RemoteWorld",
    "RunningSystem",
    "System",
    "World",
    "WorldControl",
    "open_bench",
    "open_mail",
    "open_models",
    "open_receiver",
    "open_sendgrid",
    "open_web",
    "open_world",
    "run_world",
]
