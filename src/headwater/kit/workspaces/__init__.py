"""Workspaces: who is calling, in which workspace, with which role. Members, invitations, API keys, activity."""

from headwater.kit.workspaces.caller import (
    Caller,
    CallerIdentity,
    CallerTransaction,
    RequestResources,
    WorkspaceId,
    choose_workspace,
    open_transaction,
    request_resources,
)
from headwater.kit.workspaces.routes import routers

__all__ = [
    "Caller",
    "CallerIdentity",
    "CallerTransaction",
    "RequestResources",
    "WorkspaceId",
    "choose_workspace",
    "open_transaction",
    "request_resources",
    "routers",
]
