"""Time in buckets: as fine as a picture has room for, along the clock of the reader."""
