"""Contents in a bucket of any S3-compatible store, with requests that we sign."""

from headwater.local.storage.contents.s3.client import HttpClient, S3Client, S3Config
from headwater.local.storage.contents.s3.signature import Credentials
from headwater.local.storage.contents.s3.store import S3Store, open_s3_store

__all__ = ["Credentials", "HttpClient", "S3Client", "S3Config", "S3Store", "open_s3_store"]
