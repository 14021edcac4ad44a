"""What changed between two output folders."""
