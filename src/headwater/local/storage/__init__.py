"""Supabase Storage on one machine: buckets and objects, rows in any Postgres, files on disk or in S3."""

from headwater.local.storage.app import create_storage_app
from headwater.local.storage.config import StorageConfig
from headwater.local.storage.contents.contents import sweep_storage
from headwater.local.storage.contents.s3 import HttpClient, open_s3_store
from headwater.local.storage.contents.stores import StoreAway
from headwater.local.storage.schema import install_storage_schema

__all__ = [
    "HttpClient",
    "StorageConfig",
    "StoreAway",
    "create_storage_app",
    "install_storage_schema",
    "open_s3_store",
    "sweep_storage",
]
