"""Supabase Realtime for one machine: changes, broadcasts and presence over WebSockets, on any Postgres 15 to 18."""

from headwater.local.realtime.app import RealtimeApp, create_realtime_app
from headwater.local.realtime.config import RealtimeConfig
from headwater.local.realtime.protocol import FrameWebSocketProtocol
from headwater.local.realtime.schema import install_realtime_schema

__all__ = ["FrameWebSocketProtocol", "RealtimeApp", "RealtimeConfig", "create_realtime_app", "install_realtime_schema"]
