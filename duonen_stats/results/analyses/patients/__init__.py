"""Who was randomised, treated and left, and what they were like at the start."""
