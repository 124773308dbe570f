"""Controls shared by all processes through Valkey: rate limits, budgets, circuit breakers, a cache, short leases.

Each works without Valkey as well: with none configured the state is this process's own, and when a configured one is
gone each control falls back as it says (limits closed for sending and open for reading, breakers to local state, the
cache to a miss, leases to not held). Nothing here raises because Valkey is away.
"""

from headwater.kit.controls.breaker import BreakerState, CircuitBreaker, Permit
from headwater.kit.controls.budgets import Budget, RequestBudgets, Spending
from headwater.kit.controls.cache import SharedCache
from headwater.kit.controls.lease import Lease
from headwater.kit.controls.limiter import Decision, RateLimiter
from headwater.kit.controls.valkey import Call, Valkey, ValkeyAway

__all__ = [
    "BreakerState",
    "Budget",
    "Call",
    "CircuitBreaker",
    "Decision",
    "Lease",
    "Permit",
    "RateLimiter",
    "RequestBudgets",
    "SharedCache",
    "Spending",
    "Valkey",
    "ValkeyAway",
]
