"""Whether the primary comparison is still the one that was planned, and the words that say so.

The publication plans one comparison (§2.6, §4.4): progression-free survival of the experimental arms together
against control, by the log-rank test, at the final analysis. Every text that calls a comparison pre-specified or
confirmatory asks here. Which decisions change it is declared with each of them (``Rule.primary``).

Source: ICH E9, sections 2.1.2 and 5.1; CONSORT 2025, item 10 (changes to the trial after it began).
"""

from dataclasses import dataclass

from duonen_stats.plan.plan import Plan, deviations, preset_of, rule_of

_STAGE = {"interim": "INTERIM", "final": "FINAL"}
"""Stage of the data cut (``data_cut.STAGE``) that a report is planned for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What the primary comparison may be called; ``reasons`` why it is not the planned one, none if it is.

    ``estimate_reasons`` are those that change its estimate, the hazard ratio: all of the test's, and more.
    ``another`` are those of ``reasons`` for which it is another comparison, and not the planned one made otherwise.
    ``no_result`` is why the test has no p-value; empty if it has one, or if nothing was computed yet.
    """

    reasons: tuple[str, ...]
    estimate_reasons: tuple[str, ...]
    another: tuple[str, ...] = ()
    no_result: str = ""

    @property
    def as_planned(self) -> bool:
        """True while the test of the primary comparison is the planned one."""
        return not self.reasons

    @property
    def confirmatory(self) -> bool:
        """True if the test is the planned one and has a p-value: without one nothing is confirmed."""
        return self.as_planned and not self.no_result

    @property
    def why_not_confirmatory(self) -> str:
        """Why there is no confirmatory result; empty if there is one."""
        missing = (f"the primary test gives no p-value ({self.no_result})",) if self.no_result else ()
        return "; ".join((*self.reasons, *missing))

    @property
    def adjective(self) -> str:
        """``pre-specified``, or ``not pre-specified``."""
        return "pre-specified" if self.as_planned else "not pre-specified"

    @property
    def comparison(self) -> str:
        """What the comparison is, in words; for one that is not as planned, ``why`` has to follow."""
        if self.as_planned:
            return "the pre-specified primary comparison"
        return (
            "not the pre-specified comparison"
            if self.another
            else "the planned comparison, made otherwise than planned"
        )

    @property
    def why(self) -> str:
        """The reasons as one text; empty if the comparison is the planned one."""
        return "; ".join(self.reasons)

    @property
    def why_estimate(self) -> str:
        """Why the estimate is not the planned one, as one text; empty if it is."""
        return "; ".join(self.estimate_reasons)

    @property
    def test(self) -> str:
        """Status of the test in a list of analyses."""
        if not self.as_planned:
            return f"Exploratory: {self.why}"
        return (
            f"Pre-specified, primary; no result: {self.no_result}"
            if self.no_result
            else "Pre-specified, primary"
        )

    @property
    def estimate(self) -> str:
        """Status of the estimate in a list of analyses."""
        if not self.estimate_reasons:
            return "Pre-specified, estimate"
        return f"Exploratory: {self.why_estimate}"


def status_of(plan: Plan, *, stage: str | None = None, blinded: bool = False) -> Status:
    """Return the status of the primary comparison of progression-free survival.

    Parameters
    ----------
    plan
        The plan as used. Each field that touches the comparison and differs from the preset is a reason.
    stage
        Stage that the data cut states, ``INTERIM`` or ``FINAL``; None if it states none.
    blinded
        A dry run whose arms are drawn anew by chance.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from duonen_stats.plan import FINAL
    >>> status_of(FINAL).adjective
    'pre-specified'
    >>> status_of(replace(FINAL, control_arm="B")).test
    'Exploratory: control_arm is B (planned: A)'
    """
    other: list[str] = []
    if plan.report != "final":
        other.append("the comparison is planned for the final analysis")
    elif other_stage(plan, stage):
        other.append(f"the data cut is of stage {stage}")
    if blinded:
        other.append("the arms are drawn anew by chance")
    changed: dict[str, list[str]] = {"comparison": [], "test": [], "estimate": []}
    for item in deviations(plan, preset_of(plan)):
        touches = rule_of(item.field).primary
        if touches is not None:
            changed[touches].append(f"{item.field} is {shown(item.used)} (planned: {shown(item.planned)})")
    another = (*other, *changed["comparison"])
    reasons = (*another, *changed["test"])
    return Status(
        reasons=reasons,
        estimate_reasons=(*reasons, *changed["estimate"]),
        another=another,
    )


def other_stage(plan: Plan, stage: str | None) -> bool:
    """Tell whether a data cut states another stage than the one the plan's report is of."""
    return stage is not None and stage != _STAGE[plan.report]


def shown(value: object) -> str:
    """Write a value of the plan for people: a list with commas, a whole number without decimals."""
    if isinstance(value, tuple):
        return ", ".join(map(shown, value)) or "none"
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value)


def plan_line(plan: Plan) -> str:
    """Name a plan with the number of its deviations from the preset of the same report."""
    found = deviations(plan, preset_of(plan))
    number, unused = len(found), sum(bool(item.idle) for item in found)
    if not number:
        return plan.name
    idle = f" ({unused} without effect)" if unused else ""
    return f"{plan.name}, {number} deviation{'s' if number > 1 else ''}{idle}"
