"""Whether the primary comparison is still the one that was planned, and the words that say so.

The publication plans one comparison (§2.6, §4.4): progression-free survival of the experimental arms together
against control, by the log-rank test, at the final analysis. Every text that calls a comparison pre-specified or
confirmatory asks here. Which decisions change it is declared with each of them (``Rule.primary``).

Source: ICH E9, sections 2.1.2 and 5.1; CONSORT 2025, item 10 (changes to the trial after it began).
"""

from dataclasses import dataclass

from duonen_stats.plan.plan import Plan, decisions, deviations, preset_of, rule_of

_STAGE = {"interim": "INTERIM", "final": "FINAL"}
"""Stage of the data cut (``data_cut.STAGE``) that a report is planned for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What the primary comparison may be called, by what of it is not as planned.

    ``another`` is why it is another comparison; ``test_changes`` why the planned one is made otherwise;
    ``level_changes`` why its p-value is judged at another level; ``estimate_changes`` why its hazard ratio is
    estimated otherwise; ``limit_changes`` why the limits of that are of another level. Each is empty if nothing is.
    ``no_result`` is why the test has no p-value; empty if it has one, or if nothing was computed yet.
    """

    another: tuple[str, ...] = ()
    test_changes: tuple[str, ...] = ()
    level_changes: tuple[str, ...] = ()
    estimate_changes: tuple[str, ...] = ()
    limit_changes: tuple[str, ...] = ()
    no_result: str = ""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the test is not the planned one at the planned level."""
        return (*self.another, *self.test_changes, *self.level_changes)

    @property
    def as_planned(self) -> bool:
        """True while the test of the primary comparison is the planned one, at its level."""
        return not self.reasons

    @property
    def same_test(self) -> bool:
        """True while the p-value is that of the planned test, at whatever level it is judged."""
        return not self.another and not self.test_changes

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
        return "pre-specified" if self.same_test else "not pre-specified"

    @property
    def comparison(self) -> str:
        """What the comparison is, in words; for one that is not as planned, ``why`` has to follow."""
        if self.another:
            return "not the pre-specified comparison"
        if self.test_changes:
            return "the planned comparison, made otherwise than planned"
        if self.level_changes:
            return "the pre-specified primary comparison, judged at another level than planned"
        return "the pre-specified primary comparison"

    @property
    def why(self) -> str:
        """The reasons as one text; empty if the test is the planned one, at its level."""
        return "; ".join(self.reasons)

    @property
    def estimate_line(self) -> str:
        """What of the estimate alone is not as planned, as a clause; empty if nothing is."""
        parts = []
        if self.estimate_changes:
            parts.append(
                f"its hazard ratio is estimated otherwise than planned ({'; '.join(self.estimate_changes)})"
            )
        if self.limit_changes:
            what = "the limits of its hazard ratio are of another level than planned"
            parts.append(f"{what} ({'; '.join(self.limit_changes)})")
        return "; ".join(parts)

    @property
    def line(self) -> str:
        """What the comparison is, with everything that is not as planned."""
        why = f" ({self.why})" if self.reasons else ""
        estimate = f"; {self.estimate_line}" if self.estimate_line else ""
        return f"{self.comparison}{why}{estimate}"

    @property
    def test(self) -> str:
        """Status of the test in a list of analyses."""
        if not self.same_test:
            return f"Exploratory: {self.why}"
        level = f", at another level than planned: {self.why}" if self.level_changes else ""
        missing = f"; no result: {self.no_result}" if self.no_result else ""
        return f"Pre-specified, primary{level}{missing}"

    @property
    def estimate(self) -> str:
        """Status of the estimate in a list of analyses."""
        changes = (*self.another, *self.test_changes, *self.estimate_changes)
        if changes:
            return f"Exploratory: {'; '.join((*changes, *self.limit_changes))}"
        if self.limit_changes:
            return f"Pre-specified, estimate, with limits of another level: {'; '.join(self.limit_changes)}"
        return "Pre-specified, estimate"


def status_of(plan: Plan, *, stage: str | None = None, blinded: bool = False) -> Status:
    """Return the status of the primary comparison of progression-free survival.

    Parameters
    ----------
    plan
        The plan as used. Each field that touches the comparison and differs from the preset is a reason.
    stage
        Stage that the data cut states, ``INTERIM`` or ``FINAL``; None if it states none.
    blinded
        A dry run whose arms are drawn again by chance.

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
        other.append("the arms are drawn again by chance")
    changed: dict[str, list[str]] = {}
    for item in deviations(plan, preset_of(plan)):
        touches = rule_of(item.field).primary
        if touches is not None:
            text = f"{item.field} is {shown(item.used)} (planned: {shown(item.planned)})"
            changed.setdefault(touches, []).append(text)
    return Status(
        another=(*other, *changed.get("comparison", ())),
        test_changes=tuple(changed.get("test", ())),
        level_changes=tuple(changed.get("level", ())),
        estimate_changes=tuple(changed.get("estimate", ())),
        limit_changes=tuple(changed.get("limits", ())),
    )


def other_stage(plan: Plan, stage: str | None) -> bool:
    """Say whether a data cut states another stage than the one the plan's report is of."""
    return stage is not None and stage != _STAGE[plan.report]


def shown(value: object) -> str:
    """Write a value of the plan for people: a list with commas, a whole number without decimals."""
    if isinstance(value, tuple):
        return ", ".join(map(shown, value)) or "none"
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value)


def plan_line(plan: Plan) -> str:
    """Name a plan with the fields that deviate from the preset of the same report.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from duonen_stats.plan import INTERIM
    >>> plan_line(replace(INTERIM, alpha=0.01, rmst_months=24))
    'INTERIM, 2 deviations: alpha, rmst_months (without effect)'
    """
    found = deviations(plan, preset_of(plan))
    if not found:
        return plan.name
    named = ", ".join(f"{item.field}{' (without effect)' if item.idle else ''}" for item in found)
    return f"{plan.name}, {len(found)} deviation{'s' if len(found) > 1 else ''}: {named}"


def deviations_line(plan: Plan) -> str:
    """Say which decisions of a plan differ from the preset, with both values; empty if none does.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from duonen_stats.plan import INTERIM
    >>> deviations_line(replace(INTERIM, alpha=0.01))
    '1 decision of the plan differs from the preset: alpha is 0.01 (preset: 0.05)'
    """
    found = deviations(plan, preset_of(plan))
    if not found:
        return ""
    one = len(found) == 1
    named = (
        f"{item.field} is {shown(item.used)} (preset: {shown(item.planned)}{f'; {item.idle}' if item.idle else ''})"
        for item in found
    )
    return (
        f"{len(found)} decision{'' if one else 's'} of the plan differ{'s' if one else ''} from the preset: "
        f"{'; '.join(named)}"
    )


def grounds(plan: Plan, name: str) -> tuple[str, str]:
    """Give the reason and the source of a decision: those of the preset speak for the preset's value alone.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from duonen_stats.plan import FINAL
    >>> grounds(replace(FINAL, control_arm="B"), "control_arm")[1]
    'chosen in this plan (preset: §4.4)'
    """
    about = next(item.metadata for item in decisions() if item.name == name)
    reason, source = str(about["reason"]), str(about["source"])
    planned = getattr(preset_of(plan), name)
    if getattr(plan, name) == planned:
        return reason, source
    return (
        f"Chosen in this plan. The preset is {shown(planned)}, for this reason: {reason}",
        f"chosen in this plan (preset: {source})",
    )
