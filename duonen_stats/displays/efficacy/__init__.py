"""Displays of PFS, OS and response."""
