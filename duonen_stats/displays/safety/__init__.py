"""Displays of laboratory values and adverse events."""
