"""Sections 3.5 to 3.7: laboratory safety over time (Table 4), and with dose (Figure 6)."""

from dataclasses import replace

from duonen_stats import INTERIM, build_datasets, load_study, produce, read_cut
from duonen_stats.displays.exposure import dose_effect
from duonen_stats.displays.safety import laboratory, toxicity

study = load_study()
datasets = build_datasets(read_cut(study), study, INTERIM)

# As planned: the visit of the largest median change, and where the arms differ.
print(produce(laboratory.SUMMARY, datasets, study, INTERIM))

# Nothing is adjusted for multiplicity; which signals survive a stricter level?
print(produce(laboratory.SUMMARY, datasets, study, replace(INTERIM, alpha=0.01)))

# From visit to visit in the same patients.
print(produce(laboratory.PAIRED, datasets, study, INTERIM))

# Does harm grow with dose? All arms pooled, and adjusted for arm: arms differ in dose, and may differ otherwise.
print(produce(dose_effect.DOSE_EFFECT, datasets, study, INTERIM))

# Within arms: patients whose activity went up, down, or stayed.
print(produce(toxicity.MODIFICATION_AND_NADIR, datasets, study, INTERIM))
