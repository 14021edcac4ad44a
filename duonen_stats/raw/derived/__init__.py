"""What is derived from raw records once: baseline, reference ranges, cycles, units."""
