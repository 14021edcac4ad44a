"""How it is shown: one display a question; nothing is computed here, and rounding lives in ``format``."""
