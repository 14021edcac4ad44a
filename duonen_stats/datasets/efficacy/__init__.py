"""Tumour response and times to events."""
