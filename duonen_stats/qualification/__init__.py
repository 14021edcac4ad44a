"""Reference cases from R, run through ``duonen_stats.methods``."""
