"""Joins the stand-in for Supabase to the platform: what each needs of the other, so that neither knows the other."""
