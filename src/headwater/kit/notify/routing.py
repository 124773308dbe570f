"""The endpoints of notifications, apart from the room itself: workers have no use for the web framework."""

from headwater.kit.notify.endpoint_routes import webhooks
from headwater.kit.notify.link_routes import links
from headwater.kit.notify.routes import notifications

# The fixed paths stand before `/{notification_id}/…`.
routers = (links, webhooks, notifications)
