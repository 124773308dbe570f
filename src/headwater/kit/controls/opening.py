"""Which shared state a deployment has."""

from __future__ import annotations

from headwater.core.settings import Settings, SettingsError
from headwater.core.telemetry import get_logger
from headwater.kit.controls.postgres import KEPT_IN_POSTGRES, PostgresState
from headwater.kit.controls.shared_state import SharedState
from headwater.kit.controls.valkey import Valkey

logger = get_logger(__name__)


def open_shared_state(settings: Settings, *, is_embedded: bool) -> SharedState:
    """Open the Valkey of the settings, or where they name none their Postgres.

    All processes have to share one or the other: beside an embedded Postgres there is an embedded Valkey.

    Raises:
        SettingsError: the embedded Valkey doesn't run yet, or no Postgres is known either.
    """
    if settings.resolved_redis_url is not None:
        return Valkey(settings.resolved_redis_url)
    if is_embedded or settings.resolved_database_url is None:
        raise SettingsError(
            "REDIS_URL: is unset and the embedded Valkey doesn't run; start it with `headwater up`, or set it"
        )
    logger.info("shared_state_in_postgres", effect=KEPT_IN_POSTGRES)
    return PostgresState(settings.resolved_database_url)
