"""The endpoints of watch."""

from headwater.products.watch.routes import alerts, discovery, exchange, queries, sources

routers = (discovery.router, queries.router, sources.router, exchange.router, alerts.router)

__all__ = ["routers"]
