"""Answers of ``duonen design``, as text, JSON and reports."""
