"""Rules that look at records together, by subject."""
