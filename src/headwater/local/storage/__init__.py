"""Supabase Storage for one machine: buckets and objects over `/storage/v1`, rows in any Postgres, files on disk."""

from headwater.local.storage.app import create_storage_app
from headwater.local.storage.config import StorageConfig
from headwater.local.storage.contents import sweep_storage
from headwater.local.storage.schema import lay_storage_schema

__all__ = ["StorageConfig", "create_storage_app", "lay_storage_schema", "sweep_storage"]
