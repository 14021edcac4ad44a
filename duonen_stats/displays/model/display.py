"""A display: one question, its analyses, its layout. ``produce`` answers it from datasets."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.as_treated import as_treated, treated_otherwise
from duonen_stats.datasets.dry_run import WITHHELD
from duonen_stats.displays.drawings.drawing import marked_figure
from duonen_stats.displays.model.content import (
    PAGE,
    FigureContent,
    Line,
    PatientPoints,
    ProducedDisplay,
    TableContent,
)
from duonen_stats.displays.model.lookup import Lookup, dash_reasons, single_patients
from duonen_stats.plan import Plan, Status, status_of
from duonen_stats.results import Analysis, Results, run_analysis
from duonen_stats.results.ids import Block, between, log_rank, primary
from duonen_stats.results.rows.compare_groups import ONLY_SOME
from duonen_stats.results.run import BY_TREATMENT
from duonen_stats.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a layout may use: looked-up numbers, patients' points (not if ``aggregate``), study and plan.

    ``pages`` are the keys of the profiles of patients that the document has, by ``USUBJID``: their points lead there.
    """

    look: Lookup
    data: Datasets
    study: Study
    plan: Plan
    aggregate: bool = False
    pages: Mapping[str, str] = field(default_factory=dict)

    @property
    def blinded(self) -> bool:
        """Whether arms are drawn by chance (a dry run), so that nothing may be said of their treatment."""
        return self.data.stamp.blinded

    def links(self, patients: Iterable[object]) -> tuple[str | None, ...]:
        """Give for each patient (``USUBJID``) where the point leads to; nothing at all if no page is there."""
        if not self.pages:
            return ()
        keys = (self.pages.get(str(one)) for one in patients)
        return tuple(None if key is None else PAGE + key for key in keys)

    def points(
        self, mark: str, measures: Sequence[str], patients: Iterable[object], *values: Iterable[str]
    ) -> tuple[PatientPoints, ...]:
        """Say which patients the points of a group are; nothing in a dry run or without records of patients.

        ``values`` are, for each of ``measures``, the values of the patients as they are shown.
        """
        if self.blinded or self.aggregate:
            return ()
        rows = tuple(zip(map(str, patients), *values, strict=True))
        return (PatientPoints(mark=mark, measures=tuple(measures), patients=rows),) if rows else ()

    @property
    def status(self) -> Status:
        """Whether the primary comparison is still the planned one, and what it may be called."""
        found = status_of(self.plan, stage=self.data.stage, blinded=self.blinded)
        return with_result(found, self.look.results)

    def between_test(self, compared: Block) -> str:
        """Name the test between arms; ``compared`` is what one of its comparisons is of."""
        if self.plan.between_arm_test == "routed":
            return f"{self.plan.words('between_arm_test')} (routing of §2.6)"
        method = self.look.results.row(between(compared, self.plan.between_arm_test).stat("p")).method
        return method.partition(ONLY_SOME)[0]  # which groups one comparison had says nothing of the others


def with_result(status: Status, results: Results) -> Status:
    """Add to a status why the primary test has no p-value, if it was refused."""
    name = log_rank(primary("pfs")).stat("p")
    if name not in results or results.value(name) is not None:
        return status
    return replace(status, no_result=results.row(name).note.removesuffix("."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What a display's layout gives back; ``title`` only if the plan decides a word of it."""

    content: TableContent | FigureContent
    population: Line
    sentence: Line = ()
    footnotes: tuple[Line, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """One table or figure.

    ``analyses`` make its numbers, ``layout`` looks them up; ``ich_number`` is its number by ICH E3;
    ``exploratory`` adds the footnote that its p-values are unadjusted; ``individual`` says that its marks are single
    patients.
    """

    key: str
    label: str
    ich_number: str
    title: str
    analyses: tuple[Analysis, ...]
    layout: Callable[[Material], Layout]
    datasets: tuple[str, ...]
    exploratory: bool = False
    individual: bool = False


_WITHHELD: Line = (
    "Activities and doses are withheld in a dry run: a zero or a dash that follows from them says nothing of what was "
    "given.",
)


EXPLORATORY: Line = (
    "Exploratory analysis: p-values are two-sided and not adjusted for multiple comparisons.",
)


def _shown_by(display: Display, material: Material) -> tuple[Line, ...]:
    """Say by which arm a display of harm or exposure shows patients, if some were treated as another arm."""
    if BY_TREATMENT.isdisjoint(display.analyses) or not treated_otherwise(material.data).any():
        return ()
    words = material.plan.words("safety_arm")
    return (
        (f"Patients are shown in {words}. Some were treated as another arm than the one randomised to.",),
    )


def _source(display: Display, data: Datasets) -> str:
    """Name the datasets a display is made of, but one that the cut has no records for or the session leaves out."""
    number = f"; ICH E3 number {display.ich_number}" if display.ich_number else ""
    there = [name for name in display.datasets if getattr(data, name.lower(), True) is not None]
    return f"Source: {', '.join(there)}{number}."


def lay_out(display: Display, material: Material) -> ProducedDisplay:
    """Set a display from numbers that are already in the results table.

    Raises ``UnknownResultError`` if the layout asks for a number no analysis has made.
    """
    arms = _shown_by(display, material)
    if arms:
        material = replace(material, data=as_treated(material.data, material.plan))
    layout = display.layout(material)
    content = layout.content
    if isinstance(content, FigureContent):
        content = marked_figure(content, material.data.stamp)
    dashes: tuple[Line, ...] = ()
    if isinstance(layout.content, TableContent):
        dashes = dash_reasons(layout.content, material.look.results)
        if material.aggregate:
            dashes = (*dashes, *single_patients(layout.content, material.look.results))
    exploratory = (EXPLORATORY,) if display.exploratory else ()
    withheld = (_WITHHELD,) if material.blinded and not {*WITHHELD}.isdisjoint(display.datasets) else ()
    return ProducedDisplay(
        key=display.key,
        label=display.label,
        ich_number=display.ich_number,
        title=layout.title or display.title,
        population=layout.population,
        content=content,
        footnotes=(*layout.footnotes, *arms, *withheld, *exploratory, *dashes),
        source=_source(display, material.data),
        cut=material.data.cut_line,
        sentence=layout.sentence,
    )


def produce(display: Display, data: Datasets, study: Study, plan: Plan) -> ProducedDisplay:
    """Run a display's analyses and set it; ``print`` of the answer shows a table as text.

    Examples
    --------
    >>> from duonen_stats import INTERIM, build_datasets, load_study, produce, read_cut
    >>> from duonen_stats.displays.safety import laboratory as safety
    >>> study = load_study()
    >>> shown = produce(safety.SUMMARY, build_datasets(read_cut(study), study, INTERIM), study, INTERIM)
    >>> shown.key, len(shown.content.rows)
    ('table_4', 10)
    """
    results = run_analysis(data, study, plan, analyses=display.analyses)
    return lay_out(display, Material(look=Lookup.of_plan(results, plan), data=data, study=study, plan=plan))
