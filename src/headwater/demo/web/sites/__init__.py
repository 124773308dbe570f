"""The sites of the simulated web, in the order in which they take their ports."""

from headwater.demo.web.sites import acme, harbor, hosts, northwind, orchard
from headwater.demo.web.text import Site

SITES: tuple[Site, ...] = (acme.site, northwind.site, harbor.site, orchard.site, *hosts.sites)

__all__ = ["SITES"]
