"""The decisions of exposure and dose: what is a delay, and what an absorbed dose is worth biologically."""

from duonen_stats.plan.decision import above, between, decision, from_to

CYCLE_DELAY = decision(
    "over_window",
    "A cycle is late once its interval exceeds the window that the protocol allows, 8 ± 2 weeks, and the delay is the "
    "days beyond it. Counted from the target, half of all cycles would be late by a day or two.",
    "§2.1; late by the window is customary, not stated",
    choices={
        "over_window": "days beyond the longest interval that the protocol allows",
        "over_target": "days beyond the planned interval",
    },
)
BED_ALPHA_BETA = decision(
    2.5,
    "Ratio of the linear and the quadratic coefficient of the kidney in the linear-quadratic model. It is known "
    "poorly, so a grid is shown next to it.",
    "assumption, customary after Barone et al. (2005) J Nucl Med 46:99S-106S; range 1.5 to 3 Gy: Cancer Biother "
    "Radiopharm (2004) 19:378",
    within=above(0, 100),
    unit="Gy",
)
BED_REPAIR_HOURS = decision(
    2.8,
    "Half-time of the repair of sublethal damage in the kidney.",
    "assumption, customary after Barone et al. (2005) J Nucl Med 46:99S-106S",
    within=above(0, 1000),
    unit="hours",
)
BED_BIOLOGICAL_HOURS = decision(
    75.0,
    "Biological half-life of the peptide in the kidney, the same for every isotope, because it is the same peptide. "
    "With it the effective half-life of ¹⁷⁷Lu is 51 hours, as usually measured, and that of ⁹⁰Y follows: 34.6 hours. "
    "Effective half-lives of single patients are not in the data.",
    "assumption; physical half-lives from ICRP Publication 107, in the data dictionary",
    within=above(0, 10_000),
    unit="hours",
)
BED_ALPHA_BETA_GRID = decision(
    (1.5, 2.0, 2.5, 3.0),
    "Ratios at which the biologically effective dose is shown besides, the range of the literature.",
    "Cancer Biother Radiopharm (2004) 19:378",
    within=above(0, 100),
    least=1,
    most=6,
    rising=True,
    unit="Gy",
)
BED_REPAIR_GRID = decision(
    (1.5, 2.8, 4.0),
    "Half-times of repair at which the biologically effective dose is shown besides.",
    "assumption; around the value of the plan",
    within=above(0, 1000),
    least=1,
    most=6,
    rising=True,
    unit="hours",
)
DOSE_EFFECT_GRADE = decision(
    2,
    "CTCAE grade of a blood count that is related to the dose to the marrow. Grades 3 and 4 are too few for a model.",
    "not stated; Bergsma et al. (2016) Eur J Nucl Med Mol Imaging 43:453-463 for grade 3 or 4",
    within=from_to(1, 4),
)
DOSE_EFFECT_DECLINE = decision(
    0.30,
    "Fall of the eGFR from the patient's own baseline that is related to the dose to the kidney.",
    "Levey et al. (2014) Am J Kidney Dis 64:821-835",
    within=between(0, 1),
    unit="a fraction of the baseline",
)
