"""What is watched: pages and feeds with their settings, added, listed, imported and exported."""
