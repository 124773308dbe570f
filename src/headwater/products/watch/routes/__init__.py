"""The endpoints of watch."""

from headwater.products.watch.routes import alerts, diffs, discovery, exchange, queries, series, sources

# `series` before `sources`: an address such as `/monitored-sources/series` would be taken for a source's id.
routers = (
    discovery.router,
    queries.router,
    series.router,
    sources.router,
    exchange.router,
    alerts.router,
    diffs.router,
)

__all__ = ["routers"]
