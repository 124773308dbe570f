"""The stand-in for Supabase and Redis on one machine."""
