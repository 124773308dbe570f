"""The ASGI application: the API of every product, health, metrics and, where no Supabase is set, its local stand-in."""

from headwater.app.factory import create_app

__all__ = ["create_app"]
