"""Displays of disposition, baseline and courses of treatment."""
