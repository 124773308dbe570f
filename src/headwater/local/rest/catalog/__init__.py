"""What the engine knows of the database: tables, relationships, functions, representations and media handlers."""
