"""Which subgroups a plan has: baseline variables of ADSL, and where those that are measured are cut.

An item of ``Plan.subgroups`` is a variable, ``SEX``, or a variable with the points at which it is cut, ``KI67BL:10`` or
``AGE:50:65``. ``AGE`` by itself is cut at ``Plan.subgroup_age``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from duonen_stats.plan.decision import split_cut_points
from duonen_stats.plan.plan import Plan, rule_of
from duonen_stats.plan.status import shown
from duonen_stats.study import Study

_SOURCES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "SEX": ("sex", "SEX"),
        "AGE": ("age", "AGE"),
        "RACE": ("race", "RACE"),
        "BMIBL": ("bmi", "BMI"),
        "PRIMSITE": ("primary", "PRIMSITE"),
        "GRADEH": ("grade", "GRADE"),
        "KI67BL": ("ki67", "KI67"),
        "METLIVFL": ("liver", "METLIV"),
        "METLNFL": ("lymph_nodes", "METLN"),
        "METBONFL": ("bone", "METBON"),
        "METOTHFL": ("other_metastases", "METOTH"),
        "KARNOFBL": ("karnofsky", "KPS"),
        "DXDUR": ("time_from_dx", "DXDUR"),
    }
)
"""Of each variable that may make subgroups: the part of a result id it is, and its column of the raw subjects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """A variable that makes subgroups.

    ``key`` is its part of a result id, ``variable`` its name in ADSL, ``column`` that of the raw subjects,
    ``heading`` what it is. ``cuts`` are the points at which it is cut, in rising order; empty if its codes are the
    subgroups.
    """

    key: str
    variable: str
    column: str
    heading: str
    cuts: tuple[float, ...] = ()

    def levels(self, study: Study) -> dict[str, str]:
        """Return the subgroups in order, each with its words: codes of the data dictionary, or intervals.

        Examples
        --------
        >>> from duonen_stats import FINAL, load_study
        >>> factors = {factor.key: factor for factor in subgroup_factors(FINAL)}
        >>> factors["age"].levels(load_study())
        {'lt65': 'below 65 years', 'ge65': '65 years or older'}
        >>> factors["grade"].levels(load_study())
        {'G1': 'G1', 'G2': 'G2'}
        """
        column = study.table("subjects").column(self.column)
        if not self.cuts:
            return {code.code: code.label for code in column.codes}
        unit = f" {column.unit}" if column.unit else ""
        named = [shown(cut) for cut in self.cuts]
        keys = [name.replace(".", "_") for name in named]  # a point parts an id
        more = "older" if self.variable == "AGE" else "more"
        return {
            f"lt{keys[0]}": f"below {named[0]}{unit}",
            **{
                f"{key}to{next_key}": f"{low} to below {high}{unit}"
                for (key, next_key), (low, high) in zip(pairwise(keys), pairwise(named), strict=True)
            },
            f"ge{keys[-1]}": f"{named[-1]}{unit} or {more}",
        }


def subgroup_factors(plan: Plan) -> tuple[Factor, ...]:
    """Return the variables that make the subgroups of a plan, in its order.

    Examples
    --------
    >>> from duonen_stats.plan import FINAL, changed_plan
    >>> [factor.key for factor in subgroup_factors(FINAL)]
    ['sex', 'age', 'primary', 'grade', 'liver']
    >>> subgroup_factors(changed_plan(FINAL, subgroups=("KI67BL:3:10",)))[0].cuts
    (3.0, 10.0)
    """
    said = rule_of("subgroups").choices
    factors = []
    for item in plan.subgroups:
        variable, cuts = split_cut_points(item)
        if variable == "AGE" and not cuts:
            cuts = (float(plan.subgroup_age),)
        key, column = _SOURCES[variable]
        words = said[variable]
        heading = f"{words[0].upper()}{words[1:]}"
        factors.append(Factor(key=key, variable=variable, column=column, heading=heading, cuts=cuts))
    return tuple(factors)


def subgroup_factor(plan: Plan, key: str) -> Factor:
    """Return the factor of a plan that is this part of a result id."""
    return next(factor for factor in subgroup_factors(plan) if factor.key == key)


def source_of(key: str) -> tuple[str, str]:
    """Return the variable of ADSL and the column of the raw subjects that are this part of a result id.

    Examples
    --------
    >>> source_of("grade")
    ('GRADEH', 'GRADE')
    """
    return next((variable, column) for variable, (own, column) in _SOURCES.items() if own == key)


def subgroup_fault(plan: Plan, study: Study) -> str:
    """Say which cut point leaves a subgroup that the data dictionary lets nobody be in; empty if none does.

    Examples
    --------
    >>> from duonen_stats import FINAL, load_study
    >>> from duonen_stats.plan import changed_plan
    >>> subgroup_fault(changed_plan(FINAL, subgroups=("KI67BL:300",)), load_study())
    'subgroups has KI67BL:300; a cut point of KI67BL has to be above 0 and at most 100 (the data dictionary, KI67).'
    """
    for item, factor in zip(plan.subgroups, subgroup_factors(plan), strict=True):
        column = study.table("subjects").column(factor.column)
        low, high = column.low, column.high
        outside = [
            cut
            for cut in factor.cuts
            if (low is not None and cut <= low) or (high is not None and cut > high)
        ]
        if outside and ":" in item:
            bounds = [f"above {shown(low)}"] if low is not None else []
            bounds += [f"at most {shown(high)}"] if high is not None else []
            return (
                f"subgroups has {item}; a cut point of {factor.variable} has to be {' and '.join(bounds)} "
                f"(the data dictionary, {factor.column})."
            )
    return ""
