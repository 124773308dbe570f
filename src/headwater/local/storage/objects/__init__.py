"""Buckets and objects: uploaded, listed, moved, downloaded, as the caller."""
