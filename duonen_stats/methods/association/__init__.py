"""Correlation and contingency."""
