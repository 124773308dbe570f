"""The endpoints of notifications, apart from the room itself: workers have no use for the web framework."""

from headwater.kit.notify.routes.endpoints import webhooks
from headwater.kit.notify.routes.links import links
from headwater.kit.notify.routes.members import notifications

# The fixed paths stand before `/{notification_id}/…`.
routers = (links, webhooks, notifications)
