"""Every call outside: pages of the public web and APIs, guarded against private addresses, capped, paced and polite."""

from headwater.kit.fetch.errors import BlockedAddress, FetchFailed, FetchKind, UnknownHost
from headwater.kit.fetch.fetcher import Fetcher
from headwater.kit.fetch.limits import Limits
from headwater.kit.fetch.politeness.pacing import Pace
from headwater.kit.fetch.responses import Response, Validators
from headwater.kit.fetch.urls.addresses import AddressPolicy, Target, check_address, check_url, resolve_reference
from headwater.kit.fetch.urls.resolve import Resolver, SystemResolver
from headwater.kit.text.charset import decode_text

__all__ = [
    "AddressPolicy",
    "BlockedAddress",
    "FetchFailed",
    "FetchKind",
    "Fetcher",
    "Limits",
    "Pace",
    "Resolver",
    "Response",
    "SystemResolver",
    "Target",
    "UnknownHost",
    "Validators",
    "check_address",
    "check_url",
    "decode_text",
    "resolve_reference",
]
