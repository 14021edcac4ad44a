"""Several groups, and pairs of them."""
