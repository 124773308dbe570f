"""The cast and the gateway for the tests of this folder."""

from tests.fixtures.gateway import cast, gateway, owner, served_gateway

__all__ = ["cast", "gateway", "owner", "served_gateway"]
