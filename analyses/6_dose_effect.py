"""Sections 3.5 and 3.6: does harm grow with dose (Figure 6), and do modifications matter?"""

from duonen_stats import INTERIM, build_datasets, load_study, produce, read_cut
from duonen_stats.displays import dose_effect, toxicity

study = load_study()
datasets = build_datasets(read_cut(study), study, INTERIM)

# All arms pooled, and adjusted for arm: arms differ in dose, and may differ otherwise.
print(produce(dose_effect.DOSE_EFFECT, datasets, study, INTERIM))

# Within arms: patients whose activity went up, down, or stayed.
print(produce(toxicity.MODIFICATION_AND_NADIR, datasets, study, INTERIM))
