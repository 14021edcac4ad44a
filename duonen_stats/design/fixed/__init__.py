"""Power and size without interim looks."""
