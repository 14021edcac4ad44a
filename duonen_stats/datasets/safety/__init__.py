"""Laboratory values and adverse events."""
