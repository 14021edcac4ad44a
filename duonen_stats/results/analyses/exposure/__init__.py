"""What was given, what reached the organs, and what it did."""
