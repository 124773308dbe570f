"""The table of contents of watch."""

from headwater.kit.product import Product
from headwater.products.watch.jobs import jobs, open_tools, schedules
from headwater.products.watch.routes import routers

product = Product(
    name="watch",
    title="Watch: tell me when something that matters changes on the web",
    routers=routers,
    jobs=jobs,
    schedules=schedules,
    open=open_tools,
)
