"""Group-sequential boundaries and inference."""
