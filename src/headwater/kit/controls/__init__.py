"""Controls shared by all processes: rate limits, budgets, circuit breakers, a cache, short leases.

What is shared is kept in Valkey, or without one in Postgres. Each control works without either as well: where nothing
is shared the state is this process's own, and when the shared state is away each falls back as it says (limits closed
for sending and open for reading, breakers to local state, the cache to a miss, leases to not held). Nothing here raises
because it is away.
"""

from headwater.kit.controls.breaker import BreakerState, CircuitBreaker, Permit
from headwater.kit.controls.budgets import Budget, RequestBudgets, Spending
from headwater.kit.controls.cache import SharedCache
from headwater.kit.controls.lease import Lease
from headwater.kit.controls.limiter import Decision, RateLimiter
from headwater.kit.controls.postgres import PostgresState
from headwater.kit.controls.shared_state import Call, Operation, SharedState, StateAway
from headwater.kit.controls.valkey import Valkey

__all__ = [
    "BreakerState",
    "Budget",
    "Call",
    "CircuitBreaker",
    "Decision",
    "Lease",
    "Operation",
    "Permit",
    "PostgresState",
    "RateLimiter",
    "RequestBudgets",
    "SharedCache",
    "SharedState",
    "Spending",
    "StateAway",
    "Valkey",
]
