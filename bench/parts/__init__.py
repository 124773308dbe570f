"""What benches of whole installations share."""
