"""Discovery: from plain words to a few pages worth watching, each checked to be alive before it is offered.

Stateless: nothing here touches the database, so that it can run as a service of its own.
"""

from headwater.products.watch.discovery.discover import discover
from headwater.products.watch.discovery.remote import AUDIENCE, DiscoveryClient
from headwater.products.watch.discovery.shortlist import OnFound
from headwater.products.watch.discovery.site_probe import SiteReader

__all__ = ["AUDIENCE", "DiscoveryClient", "OnFound", "SiteReader", "discover"]
