"""Supabase's own command line, unchanged, on the migrations and the database."""
