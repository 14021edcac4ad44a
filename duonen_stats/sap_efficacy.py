"""The decisions of the efficacy analyses: comparisons, curves, small samples, sensitivity."""

from dataclasses import dataclass
from typing import Literal

from duonen_stats.decision import decision
from duonen_stats.errors import PlanError
from duonen_stats.sap_survival import SurvivalRules

CurveLimits = Literal["log-log", "log", "plain", "logit", "arcsin"]
TauRule = Literal["smallest_last_time", "fixed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EfficacyDecisions(SurvivalRules):
    """How times to an event are compared and shown."""

    control_arm: str = decision(
        "A", "The arm of fixed activity; the other arms together are compared with it.", "§4.4"
    )
    stratification_factors: tuple[str, ...] = decision(
        ("GRADEH",),
        "Variables of ADSL that make the strata of the sensitivity analysis. The publication names no factor of "
        "the randomisation; with 23 patients in arm A more than one factor leaves strata without a comparison.",
        "not stated; ICH E9, §5.7",
    )
    curve_limits: CurveLimits = decision(  # noqa: RUF009 - makes a field, as field() does
        "log-log",
        "Limits of a survival curve that stay between 0 and 1.",
        "Kalbfleisch & Prentice (2002), §1.4",
    )
    landmark_months: tuple[float, ...] = decision(
        (12.0, 20.0, 24.0, 36.0, 60.0), "Months at which survival is stated.", "§4.4 plans with 20 months"
    )
    grid_months: tuple[float, ...] = decision(
        tuple(12.0 * year for year in range(11)),
        "Months at which numbers at risk and censored stand below a curve.",
        "120 months: recruitment 2022-2027, follow-up to 2032",
    )
    rmst_tau: TauRule = decision(  # noqa: RUF009
        "smallest_last_time",
        "Restricted means reach to the smaller of the two groups' last observed times; no curve is extended.",
        "Uno et al. (2014) J Clin Oncol 32:2380-2385",
    )
    rmst_months: float = decision(60.0, "Where the restricted means end if rmst_tau is fixed.", "not stated")
    permutations: int = decision(
        9999,
        "Random permutations of the arms: with 3 to 1 arms of this size the log-rank test does not hold its "
        "level in each tail.",
        "decision 0007",
    )
    seed: int = decision(2022, "Seed of permutations and imputations.", "any number")
    firth: Literal["fallback", "always"] = decision(
        "fallback",
        "The penalised hazard ratio stands in where the likelihood has no maximum (no event in an arm).",
        "Heinze & Schemper (2001) Biometrics 57:114-119",
    )
    hazards_transform: Literal["km", "rank", "identity", "log"] = decision(
        "km", "Scale of time on which a hazard ratio might change.", "Grambsch & Therneau (1994); R's default"
    )
    subgroup_age: int = decision(65, "Subgroups of age: below, and this or older.", "not stated; ICH E7")
    dose_landmark_months: float = decision(
        8.0,
        "Doses given up to here are compared among patients still free of the event and observed: four cycles "
        "8 to 10 weeks apart are over after 30 weeks.",
        "§2.1; Anderson et al. (1983) J Clin Oncol 1:710-719",
    )
    tipping_deltas: tuple[float, ...] = decision(
        (1.0, 1.5, 2.0, 3.0, 5.0, 10.0),
        "Factors by which the hazard of experimental patients rises once they are censored.",
        "Lipkovich et al. (2016) Pharm Stat 15:216-229",
    )
    imputations: int = decision(50, "Imputed data sets a factor, combined by Rubin's rules.", "Rubin (1987)")

    def __post_init__(self) -> None:
        SurvivalRules.__post_init__(self)
        for name in ("landmark_months", "grid_months", "tipping_deltas"):
            values = getattr(self, name)
            if not values or list(values) != sorted(set(values)) or min(values) < 0:
                raise PlanError(f"{name} must be numbers from 0 in rising order, each once.")
        if min(self.tipping_deltas) <= 0:
            raise PlanError("tipping_deltas must be above 0: a hazard is multiplied by them.")
        if min(self.rmst_months, self.dose_landmark_months) <= 0:
            raise PlanError("rmst_months and dose_landmark_months must be above 0.")
        if self.permutations < 1 or self.imputations < 2:  # noqa: PLR2004 - one has no spread
            raise PlanError("permutations must be 1 or more, imputations 2 or more.")
        if self.seed < 0:
            raise PlanError("seed must be 0 or more.")
