"""Contents in a bucket of any S3-compatible store, reached through the fetcher with requests that we sign."""

from headwater.local.storage.s3.client import S3Client, S3Config
from headwater.local.storage.s3.store import S3Store

__all__ = ["S3Client", "S3Config", "S3Store"]
