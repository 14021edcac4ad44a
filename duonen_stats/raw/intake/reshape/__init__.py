"""From the layout of a source to that of a raw table, as the mapping file describes it."""
