"""How did one patient fare? Activities, organ doses, laboratory curves and adverse events on one axis of time."""

import re
from collections.abc import Sequence
from math import ceil

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.patients.profiles import Profile, ProfileDecision, ProfileEvent, ProfileValue
from duonen_stats.displays.drawings.drawing import Scale, marked_figure, scale_for
from duonen_stats.displays.drawings.profile import (
    ActivityBars,
    DecisionMarks,
    EventSpan,
    ProfileCurve,
    draw_profile,
)
from duonen_stats.displays.model.content import FigureContent, ProducedDisplay
from duonen_stats.displays.model.format import lower_first
from duonen_stats.study import Analyte, Study

_UNSAFE = re.compile("[^a-z0-9_]")
"""What may not stand in the name of a file: an identifier may hold any character."""

_KEY = (
    "Upright lines: cycles. Green: range of normal. Dashed: limit of the protocol. Fill: CTCAE grade{version}, white "
    "for 0, from yellow (1) to dark red (4 and 5), grey where it is not certain. A thick frame: a serious event; an "
    "arrow: it goes on, or its end is not known. Blue: activities that were changed and why, growth factors, "
    "transfusions, other treatment against the tumour, death. Organ doses are sums after each cycle, as far as every "
    "dose is known."
)


def _version(data: Datasets) -> str:
    """Say by which version values are graded, if it is another than that of the investigators."""
    if data.plan is None or data.plan.ctcae_version == "5.0":
        return ""
    return f" (values: {data.plan.words('ctcae_version')}; events: CTCAE v5.0)"


def lay_out_profile(profile: Profile, data: Datasets, study: Study) -> ProducedDisplay:
    """Set the profile of one patient as a figure.

    Parameters
    ----------
    profile
        What happened to the patient.
    data
        Their data cut and marks.
    study
        Names, units and limits.
    """
    scale = _scale(profile)
    bars = ActivityBars(
        title="Activity given, MBq",
        kinds=tuple(isotope.label for isotope in study.isotopes),
        days=tuple(cycle.day for cycle in profile.cycles),
        heights=tuple(
            tuple(dict(cycle.activities).get(isotope.code, 0.0) for cycle in profile.cycles)
            for isotope in study.isotopes
        ),
    )
    curves = [*_doses(profile, study), *_values(profile, study)]
    spans = [_span(event, study) for event in profile.events if event.start is not None]
    cycles = [(cycle.code, cycle.day) for cycle in profile.cycles]
    marks, earlier, later = _marks(profile.decisions, scale)
    first = "the first administration" if profile.cycles else "randomisation"
    content = FigureContent(
        draw=lambda: draw_profile(
            bars,
            curves,
            spans,
            cycles=cycles,
            marks=marks,
            x_scale=scale,
            x_label=f"Days from {first} (day 1)",
        ),
        alt=_described(profile, study),
    )
    undated = len(profile.events) - len(spans)
    notes = [(_KEY.format(version=_version(data)),)]
    if undated:
        notes.append((f"Not drawn: {undated} event{'s' if undated > 1 else ''} without a date of onset.",))
    notes += [(f"Began before the axis: {words}, day −{-day}.",) for words, day in earlier]
    notes += [(f"After the end of the axis: {words}, day {day}.",) for words, day in later]
    return ProducedDisplay(
        key=profile_key(profile.usubjid),
        label=f"Patient {profile.usubjid}",
        ich_number="16.2",
        title="Course of treatment, laboratory values and events",
        population=("; ".join(f"{name}: {value}" for name, value in profile.facts),),
        content=marked_figure(content, data.stamp),
        footnotes=tuple(notes),
        source=f"Source: ADSL, ADEX, ADDOS, ADLB, ADAE{'' if data.adcm is None else ', ADCM'}.",
        cut=data.cut_line,
    )


def profile_key(patient: str) -> str:
    """Name the profile of a patient, as a file and as a place in a document.

    Examples
    --------
    >>> profile_key("DUONEN-01-001")
    'profile_duonen_01_001'
    """
    return f"profile_{_UNSAFE.sub(_by_number, patient.lower().replace('-', '_'))}"


def _by_number(sign: re.Match[str]) -> str:
    return f"x{ord(sign[0]):x}"


def _scale(profile: Profile) -> Scale:
    """Give the axis from the first record to the last one of treatment and its harm, not to years of survival."""
    days = [
        1,
        *(cycle.day for cycle in profile.cycles),
        *(value.day for _, values in profile.values for value in values),
        *(day for event in profile.events for day in (event.start, event.end) if day is not None),
    ]
    return scale_for([float(day) for day in days], ticks=8)


def _doses(profile: Profile, study: Study) -> list[ProfileCurve]:
    labels = {organ.code: organ for organ in study.organs}
    return [
        ProfileCurve(
            title=f"{labels[dose.organ].label} dose, Gy (limit {labels[dose.organ].limit_total:g} Gy)",
            days=dose.days,
            values=dose.gray,
            limit=labels[dose.organ].limit_total,
        )
        for dose in profile.doses
    ]


def _values(profile: Profile, study: Study) -> list[ProfileCurve]:
    analytes = {analyte.code: analyte for analyte in study.analytes}
    return [_curve(analytes[code], values) for code, values in profile.values]


def _curve(analyte: Analyte, values: Sequence[ProfileValue]) -> ProfileCurve:
    return ProfileCurve(
        title=f"{analyte.short}, {analyte.display_unit}",
        days=tuple(value.day for value in values),
        values=tuple(value.value for value in values),
        grades=tuple(value.grade for value in values),
        band=tuple((value.low, value.high) for value in values),
    )


def _marks(
    decisions: Sequence[ProfileDecision], scale: Scale
) -> tuple[list[DecisionMarks], list[tuple[str, int]], list[tuple[str, int]]]:
    """Give the part on the axis of each decision a line, and say of what began before or after it when that was."""
    drawn, earlier, later = [], [], []
    least = ceil(scale.low)
    for decision in decisions:
        on_axis = tuple(
            (max(first, least), last)
            for first, last in decision.days
            if first <= scale.high and (first >= least or last is None or last >= least)
        )
        if on_axis:
            drawn.append(DecisionMarks(label=decision.words, days=on_axis))
        earlier += [(lower_first(decision.words), day) for day, _ in decision.days if day < least]
        later += [(lower_first(decision.words), day) for day, _ in decision.days if day > scale.high]
    return drawn, earlier, later


def _span(event: ProfileEvent, study: Study) -> EventSpan:
    words = {code.code: code.label for code in study.table("adverse_events").column("ACTION").codes}
    grade = "grade not known" if event.grade is None else f"grade {event.grade}"
    parts = [event.term, grade, *(["serious"] if event.serious else [])]
    if event.action not in (None, "NONE"):
        parts.append(lower_first(words.get(str(event.action), str(event.action))))
    return EventSpan(
        label=", ".join(parts),
        start=event.start or 1,
        end=event.end,
        grade=event.grade,
        serious=event.serious,
    )


def _described(profile: Profile, study: Study) -> str:
    """Say in words what the drawing shows, for who cannot see it."""
    cycles = "; ".join(
        f"{cycle.code} on day {cycle.day}: "
        + ", ".join(f"{value:g} MBq {_plain_isotope(study, code)}" for code, value in cycle.activities)
        for cycle in profile.cycles
    )
    events = "; ".join(
        f"{event.term}, grade {'not known' if event.grade is None else event.grade}, from day {event.start}"
        for event in profile.events
    )
    decided = "; ".join(
        f"{decision.words} on day {', '.join(str(day) for day, _ in decision.days)}"
        for decision in profile.decisions
    )
    number = sum(len(values) for _, values in profile.values)
    return (
        f"Course of one patient. Cycles: {cycles or 'none'}. {number} laboratory values of "
        f"{len(profile.values)} analytes. Decisions and other treatment: {decided or _NOTHING_DECIDED}. "
        f"Adverse events: {events or 'none'}."
    )


_NOTHING_DECIDED = (
    "no changed activity, growth factor or transfusion, and no other treatment against the tumour, recorded"
)


def _plain_isotope(study: Study, code: str) -> str:
    return next(isotope.plain for isotope in study.isotopes if isotope.code == code)
