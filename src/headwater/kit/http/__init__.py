"""What endpoints of every room and product have in common."""
