"""Who is analysed, and which raw records are usable."""
