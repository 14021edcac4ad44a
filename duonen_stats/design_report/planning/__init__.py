"""What one looks at when planning: figures of the answers, and sliders that recompute them in the page."""
