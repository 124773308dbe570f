"""Changes of rows: from the replication slot to whoever subscribed and may see them."""
