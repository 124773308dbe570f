"""The bytes of objects: written whole, named by their digest, on disk or in S3."""
