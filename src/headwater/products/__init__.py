"""The products that stand on the platform, one folder each, all of one shape."""
