"""Tests of backups: archives that are whole, damaged, hostile or large, and restores that are interrupted."""
