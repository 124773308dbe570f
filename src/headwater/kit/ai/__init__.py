"""Language models and embeddings, from whichever providers the settings name, or none."""
