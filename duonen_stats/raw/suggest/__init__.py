"""A mapping file proposed from what the files of a data cut hold: names, values, dates, units, layouts."""
