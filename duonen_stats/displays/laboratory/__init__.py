"""Displays of laboratory values over time."""
