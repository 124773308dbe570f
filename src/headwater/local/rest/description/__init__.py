"""The OpenAPI document at the root."""
