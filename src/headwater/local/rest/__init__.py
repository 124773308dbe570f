"""A REST engine over any Postgres 15 to 18 that speaks PostgREST 16's language.

Usable alone: `create_rest_app(RestConfig(), PipelinePool(dsn), verifier=RestVerifier.from_keys(secret=…))` gives an
ASGI application. A request is parsed into frozen trees (`grammar`), planned against the catalog (`plan`, `catalog`),
written as one statement (`sql`) and run in one transaction, as a rule in a single round trip (`transaction`,
`connection`).
"""

from headwater.local.rest.app import RestApp, create_rest_app
from headwater.local.rest.config import RestConfig
from headwater.local.rest.config_file import ApiConfigError, read_rest_config
from headwater.local.rest.database.pool import PipelinePool
from headwater.local.rest.errors import RestError
from headwater.local.rest.identifiers import QualifiedName
from headwater.local.rest.schema import install_rest_schema
from headwater.local.rest.tokens import RestTokenVerifier, RestVerifier

__all__ = [
    "ApiConfigError",
    "PipelinePool",
    "QualifiedName",
    "RestApp",
    "RestConfig",
    "RestError",
    "RestTokenVerifier",
    "RestVerifier",
    "create_rest_app",
    "install_rest_schema",
    "read_rest_config",
]
