"""How data enter the mathematics, and its conventions."""
