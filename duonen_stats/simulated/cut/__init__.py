"""A simulated trial as raw tables."""
