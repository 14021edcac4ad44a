"""Sections 3.5 to 3.7: laboratory safety over time (Table 4)."""

from dataclasses import replace

from duonen_stats import INTERIM, build_datasets, load_study, produce, read_cut
from duonen_stats.displays import laboratory_detail, safety

study = load_study()
datasets = build_datasets(read_cut(study), study, INTERIM)

# As planned: the visit of the largest median change, and where the arms differ.
print(produce(safety.SUMMARY, datasets, study, INTERIM))

# Nothing is adjusted for multiplicity; which signals survive a stricter level?
print(produce(safety.SUMMARY, datasets, study, replace(INTERIM, alpha=0.01)))

# From visit to visit in the same patients.
print(produce(laboratory_detail.PAIRED, datasets, study, INTERIM))
