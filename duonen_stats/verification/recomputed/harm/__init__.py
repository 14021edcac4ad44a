"""Harm once more: events by term, blood counts and kidney function over time, late harm."""
