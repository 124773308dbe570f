"""Workers: they run jobs, give signs of life, get over outages, and one of them leads."""
