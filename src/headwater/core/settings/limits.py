"""The settings of what a caller may ask for, and how long a request or a process may take, a part of `Settings`."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings


class LimitSettings(BaseSettings):
    """Bounds of requests and of the processes that serve them. 0 is no limit, but for the time of a start."""

    rate_limit_reads: int = Field(
        600, ge=0, le=1_000_000, description="Reads a minute of one person or API key; 0 = no limit."
    )
    rate_limit_writes: int = Field(
        120, ge=0, le=1_000_000, description="Writes a minute of one person or API key; 0 = no limit."
    )
    rate_limit_workspace_reads: int = Field(
        3_000, ge=0, le=1_000_000, description="Reads a minute in one workspace, of all its callers; 0 = no limit."
    )
    rate_limit_workspace_writes: int = Field(
        600, ge=0, le=1_000_000, description="Writes a minute in one workspace, of all its callers; 0 = no limit."
    )
    rate_limit_public: int = Field(
        1_200,
        ge=0,
        le=1_000_000,
        description="Requests a minute of one address that isn't signed in, at each public door; 0 = no limit.",
    )
    request_head_seconds: float = Field(
        15.0, ge=0, le=3600, description="Time that a request's head may take to arrive; 0 = no limit."
    )
    request_body_seconds: float = Field(
        30.0, ge=0, le=3600, description="Time in which each 16 KB of a request's body must arrive; 0 = no limit."
    )
    forwarded_allow_ips: str = Field(
        "127.0.0.1",
        description="Proxies whose X-Forwarded-For is believed: addresses or networks, separated by commas.",
    )
    supervisor_silence_seconds: float = Field(
        60.0,
        ge=0,
        description="How long the gateway or a worker may show no sign of life before `headwater up` replaces it; the"
        " embedded servers have twice that. 0 = for ever.",
    )
    supervisor_start_seconds: float = Field(
        120.0,
        gt=0,
        description="How long `headwater up` lets the gateway or a worker get ready before it starts it again.",
    )
