"""What a display is made of: content, look-up and rounding."""
