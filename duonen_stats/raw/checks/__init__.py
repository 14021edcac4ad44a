"""Everything wrong with a data cut, as findings."""
