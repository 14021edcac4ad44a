"""A report of ten pages with every kind of block, invented values, and strings that try to break out."""

from dataclasses import replace

import numpy as np
from matplotlib.figure import Figure

from duonen_stats.displays.drawings.style import svg as drawn_svg
from duonen_stats.displays.model.content import (
    POINTS,
    Column,
    FigureContent,
    Line,
    Number,
    PatientPoints,
    ProducedDisplay,
    TableContent,
    TableRow,
)
from duonen_stats.document.content_model import (
    Bullets,
    DisplayBlock,
    Document,
    KeyFigures,
    Listing,
    Paragraph,
    Section,
)
from duonen_stats.results.rows.table import ResultRow, Results

HOSTILE = (
    "<script>alert('x')</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><script>window.broken = 1</script>",
    "{{ 7 * 7 }} {% raw %}",
    '#set text(size: 40pt); $x^2$ \\ *bold* _it_ @ref <label> // "quote"',
    "=cmd|' /C calc'!A0",
    "Łódź, żółć – 5 µmol/L & ½",
)
ARMS = ("A", "B", "C", "D")
N = (16, 16, 15, 14)
CUT = "Data cut 2024-03-31 · SIMULATED DATA · interim"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
ANALYTES = (
    ("HGB", "Hemoglobin (g/dL)"),
    ("PLAT", "Platelets (×10⁹/L)"),
    ("WBC", "Leukocytes (×10⁹/L)"),
    ("NEUT", "Neutrophils (×10⁹/L)"),
    ("LYMPH", "Lymphocytes (×10⁹/L)"),
    ("CREAT", "Creatinine (mg/dL)"),
    ("EGFR", "eGFR (mL/min/1.73 m²)"),
)
VISITS = ("T1", "V1", "T2", "V2", "T3", "V3", "T4", "V4")


class _Book:
    """Collects rows of the results table while the sample is written."""

    def __init__(self) -> None:
        self.rows: list[ResultRow] = []

    def number(self, analysis_id: str, value: float | None, text: str, **columns: object) -> Number:
        row = ResultRow(
            analysis_id=analysis_id,
            display=analysis_id.split("/", maxsplit=1)[0],
            population="Safety",
            stat_name=str(columns.pop("stat_name", "mean")),
            stat_label=str(columns.pop("stat_label", "Mean")),
            stat=value,
            note="" if value is not None else "Fewer than 3 patients.",
            method=str(columns.pop("method", "Kruskal–Wallis test, asymptotic, corrected for ties")),
            **columns,  # type: ignore[arg-type]
        )
        self.rows.append(row)
        return Number(analysis_id, text)


def sample_document(*, simulated: bool = True) -> Document:
    """Return the sample; ``simulated=False`` is the same without the mark."""
    book = _Book()
    sections = (
        _summary(book),
        Section(key="methods", title="Methods as applied", blocks=_methods()),
        Section(key="patients", title="Patients and treatment", blocks=(Paragraph(("What was given.",)),)),
        Section(key="demography", title="Demography", level=2, blocks=(DisplayBlock(_demography(book)),)),
        Section(key="exposure", title="Activity given", level=2, blocks=(DisplayBlock(_boxes(book)),)),
        Section(
            key="safety",
            title="Safety",
            blocks=(DisplayBlock(_laboratory(book)), DisplayBlock(_forest(book))),
        ),
        Section(
            key="quality", title="Data quality", blocks=(_hostile_listing(), _long_listing(), _none_found())
        ),
    )
    return Document(
        title="DUONEN interim report",
        subtitle="Tandem [⁹⁰Y]Y/[¹⁷⁷Lu]Lu-DOTATATE therapy of neuroendocrine neoplasms: doses and safety",
        simulated=simulated,
        banner="SIMULATED DATA – no patient was treated",
        meta=(
            ("Study", "DUONEN, NCT00000000"),
            ("Data cut", "31 March 2024, interim"),
            ("Analysis plan", "INTERIM, no deviations"),
            ("Data fingerprint", "sha256 3f2c9a51d0b44e7a8f6c1e2b7d90a4c5"),
            ("Software", "duonen_stats 0.1.0, Python 3.11.7, numpy 2.3.1"),
        ),
        sections=sections,
        results=Results(book.rows),
        cut_line=CUT if simulated else "Data cut 2024-03-31 · interim",
        running_title="DUONEN interim report",
    )


def sample_svgs(document: Document) -> dict[str, str]:
    """Draw the sample's figures as bare matplotlib SVG text, by key."""
    return {
        shown.key: drawn_svg(shown.content.draw())
        for shown in document.displays()
        if isinstance(shown.content, FigureContent)
    }


def _summary(book: _Book) -> Section:
    treated = book.number("summary/treated", 61.0, "61", stat_label="Patients treated", n=61)
    p = book.number("summary/p", 0.0431, "0.043", stat_label="p-value", stat_name="p_value", n=61)
    gap = book.number("summary/gap", None, "–", stat_label="p-value", n=2)
    return Section(
        key="summary",
        title="Summary",
        blocks=(
            KeyFigures(
                (
                    ("Patients treated", (treated, " of 92 planned")),
                    ("Kidney dose, median", (book.number("summary/kidney", 19.44, "19.4", unit="Gy"), " Gy")),
                    ("Over 23 Gy", (book.number("summary/over", 4.0, "4"), " patients")),
                    ("Grade 3–4 lymphopenia", (book.number("summary/g3", 21.3, "21.3%"),)),
                )
            ),
            Paragraph(
                (
                    "Of 92 planned patients, ",
                    treated,
                    " received at least one cycle. The fall of hemoglobin differed between the arms (p = ",
                    p,
                    "; exploratory, unadjusted). The comparison of arm D with itself could not be made (",
                    gap,
                    ").",
                )
            ),
            Bullets(
                (
                    ("No patient had ", book.number("summary/g4", 0.0, "0"), " grade 4 renal events."),
                    ("Spearman ρ ≥ 0.30 between kidney dose and Δ eGFR was ", "not seen."),
                    ("Polish letters ĄĆĘŁŃÓŚŹŻ ąćęłńóśźż, arrows ↑ ↓, isotopes ⁹⁰Y and ¹⁷⁷Lu, signs × − Δ.",),
                    (HOSTILE[0], " and ", HOSTILE[4]),
                )
            ),
        ),
    )


def _methods() -> tuple[Paragraph, ...]:
    text = (
        "Quartiles follow definition 6. Differences are rounded to six decimals before they are ranked, so "
        "that binary noise breaks no tie. Between-arm comparisons use the Kruskal–Wallis test with the "
        "correction for ties; paired comparisons the Wilcoxon signed-rank test without continuity "
        "correction. No p-value is given where a compared group has fewer than three patients. Nothing is "
        "adjusted for multiplicity: "
        "every p-value is exploratory. "
    )
    return (Paragraph((text,)), Paragraph((text * 2,)))


def _demography(book: _Book) -> ProducedDisplay:
    rows = [TableRow(cells=(("Age, years",), *((),) * 5), kind="group")]
    rows += [_arm_row(book, "t1/age", label, 1) for label in ("Median (IQR)", "Mean ± SD")]
    rows.append(TableRow(cells=(("Primary site, n (%)",), *((),) * 5), kind="group"))
    rows += [_arm_row(book, "t1/site", label, 1) for label in ("Midgut", "Pancreas", HOSTILE[0], "Other")]
    rows.append(_arm_row(book, "t1/all", "All patients", 0, "total"))
    return ProducedDisplay(
        key="t1",
        label="Table 1",
        ich_number="14.1.2",
        title="Demography and disease at entry",
        population=("Safety population: patients with at least one administration (N = ", _n(book), ")."),
        content=TableContent(columns=_columns(book), rows=tuple(rows)),
        footnotes=(
            ("IQR: quartiles by definition 6. p: Kruskal–Wallis; exploratory, unadjusted.",),
            ("Percentages are of the patients of the arm; – not estimable.",),
        ),
        source="Source: ADSL. Analysis: results/demography.py",
        cut=CUT,
        sentence=("The arms had similar ages (p = ", book.number("t1/agep", 0.61, "0.61"), ")."),
    )


def _n(book: _Book) -> Number:
    return book.number("t1/n", 61.0, "61", stat_label="N")


def _columns(book: _Book) -> tuple[Column, ...]:
    arms = (
        Column(
            header=f"Arm {a}",
            below=("(N=", book.number(f"t1/n/{a}", float(n), f"{n}", stat_label="N"), ")"),
            weight=1.6,
        )
        for a, n in zip(ARMS, N, strict=True)
    )
    return (Column(header="", align="left", weight=2.4), *arms, Column(header="p", weight=0.8))


def _arm_row(book: _Book, stem: str, label: str, indent: int, kind: str = "body") -> TableRow:
    cells: list[Line] = [(label,)]
    for i, (arm, n) in enumerate(zip(ARMS, N, strict=True)):
        key = f"{stem}/{label[:6]}/{arm}"
        group = {"group1": "TRT01P", "group1_level": arm, "variable": stem, "n": n}
        if label.startswith("M"):
            value = 58.25 + i * 1.375
            median = book.number(
                f"{key}/median", value, f"{value:.1f}", stat_label="Median", unit="years", **group
            )
            low = book.number(f"{key}/q1", value - 7.0, f"{value - 7:.1f}", stat_label="Q1", **group)
            high = book.number(f"{key}/q3", value + 8.5, f"{value + 8.5:.1f}", stat_label="Q3", **group)
            cells.append((median, " (", low, "–", high, ")"))
        else:
            count = book.number(f"{key}/n", 3.0 + i, f"{3 + i}", stat_name="n", stat_label="n", **group)
            share = book.number(f"{key}/p", 18.75 + i, f"{18.75 + i:.1f}%", stat_label="%", unit="%", **group)
            cells.append((count, " (", share, ")"))
    cells.append((book.number(f"{stem}/{label[:6]}/p", 0.17, "0.17", stat_label="p-value", n=61),))
    return TableRow(cells=tuple(cells), kind=kind, indent=indent)  # type: ignore[arg-type]


def _laboratory(book: _Book) -> ProducedDisplay:
    rows = []
    for code, label in ANALYTES:
        rows.append(TableRow(cells=((label,), *((),) * 9), kind="group"))
        rows += [_visit_row(book, code, visit) for visit in VISITS]
    heads = [
        Column(header=f"Arm {a}", below=(s,), weight=1.5) for a in ARMS for s in ("median (IQR)", "Δ vs T1")
    ]
    return ProducedDisplay(
        key="t4",
        label="Table 4",
        ich_number="14.3.4.1",
        title="Laboratory values at each visit and their change from T1",
        population=("Safety population (N = ", Number("t1/n", "61"), ")."),
        content=TableContent(
            columns=(
                Column(header="Visit", align="left"),
                *heads,
                Column(header="p", below=("between arms",)),
            ),
            rows=tuple(rows),
            landscape=True,
        ),
        footnotes=(("Δ: value minus the patient's own value at T1; medians of changes, not of values.",),),
        source="Source: ADLB. Analysis: results/analyses/safety/laboratory.py",
        cut=CUT,
        sentence=("Lymphocytes fell most, by ", book.number("t4/worst", -0.84, "−0.84"), " ×10⁹/L at V2."),
    )


def _visit_row(book: _Book, code: str, visit: str) -> TableRow:
    cells: list[Line] = [(visit,)]
    rng = np.random.default_rng([len(code), ord(visit[0]), int(visit[1])])
    for arm in ARMS:
        value, change = 4 + rng.random() * 3, rng.random() - 0.7
        stem, about = (
            f"t4/{code}/{visit}/{arm}",
            {"variable": code, "variable_level": visit, "group1_level": arm},
        )
        median = book.number(f"{stem}/median", value, f"{value:.2f}", stat_label="Median", n=14, **about)
        low = book.number(f"{stem}/q1", value - 1, f"{value - 1:.2f}", stat_label="Q1", n=14, **about)
        high = book.number(f"{stem}/q3", value + 1, f"{value + 1:.2f}", stat_label="Q3", n=14, **about)
        shown = "–" if visit == "T1" else f"{change:+.2f}".replace("-", "−")
        delta = book.number(
            f"{stem}/d", None if visit == "T1" else change, shown, stat_label="Median Δ", **about
        )
        cells += [(median, " (", low, "–", high, ")"), (delta,)]
    cells.append((book.number(f"t4/{code}/{visit}/p", 0.00004, "<0.0001", stat_label="p-value", n=56),))
    return TableRow(cells=tuple(cells), indent=1)


def _boxes(book: _Book) -> ProducedDisplay:
    medians = tuple(
        book.number(
            f"f1/{arm}",
            7.4 + i / 10,
            f"{7.4 + i / 10:.1f}",
            stat_label="Median",
            unit="GBq",
            n=n,
            group1="TRT01P",
            group1_level=arm,
            variable="A177LU",
        )
        for i, (arm, n) in enumerate(zip(ARMS, N, strict=True))
    )

    def draw() -> Figure:
        rng = np.random.default_rng(1)
        figure = Figure(figsize=(6.6, 3.8), layout="constrained")
        axes = figure.add_subplot()
        for i, (number, n) in enumerate(zip(medians, N, strict=True)):
            (drawn,) = axes.plot(
                i + rng.uniform(-0.2, 0.2, n), rng.normal(7.4, 0.5, n), "o", color=COLOURS[i], alpha=0.8
            )
            drawn.set_gid(f"{POINTS}{ARMS[i]}")
            axes.hlines(7.4 + i / 10, i - 0.3, i + 0.3, color="black")
            axes.text(i + 0.33, 7.4 + i / 10, number.text, va="center").set_gid(f"ard:{number.id}")
        axes.set_xticks(range(4), [f"Arm {a}\nN = {n}" for a, n in zip(ARMS, N, strict=True)])
        axes.set_ylabel("¹⁷⁷Lu activity (GBq), Δ ρ ≥ × − ↑ ↓ ż")
        axes.set_title(HOSTILE[0], fontsize=8, loc="left")
        return figure

    points = tuple(
        PatientPoints(
            mark=arm,
            measures=("Activity (GBq)", HOSTILE[2]),
            patients=tuple((f"{arm}-{i:03d}", f"7.{i}", HOSTILE[0]) for i in range(n)),
        )
        for arm, n in zip(ARMS, N, strict=True)
    )
    alt = f'Points and medians of the activity in four arms & "{HOSTILE[0]}"'
    return ProducedDisplay(
        key="f1",
        label="Figure 1",
        ich_number="14.1.6F",
        title="Cumulative activity of ¹⁷⁷Lu in each arm",
        population=("Safety population.",),
        content=FigureContent(draw=draw, alt=alt, numbers=medians, points=points),
        footnotes=(("Bar: median. Every point is a patient.",),),
        source="Source: ADEX.",
        cut=CUT,
        sentence=("The median in arm A was ", medians[0], " GBq."),
    )


def _forest(book: _Book) -> ProducedDisplay:
    base = _boxes(_Book())
    low = book.number("f2/low", 0.1, "0.10", stat_label="Lower limit")

    def draw() -> Figure:
        figure = Figure(figsize=(7.2, 2.6), layout="constrained")
        axes = figure.add_subplot()
        axes.errorbar([0.1, 0.3], [0, 1], xerr=[0.1, 0.2], fmt="s", color=COLOURS[0])
        axes.text(0.1, 0.2, low.text).set_gid(f"ard:{low.id}")
        axes.axvspan(0.2, 0.25, hatch="//", alpha=0.3)
        return figure

    content = FigureContent(draw=draw, alt="Two intervals", numbers=(low,))
    return replace(
        base, key="f2", label="Figure 2A", title="Differences with intervals", content=content, sentence=()
    )


def _hostile_listing() -> Listing:
    rows = tuple(
        ("error", f"DD-{i}", text, "labs", str(i), "Correct the value.") for i, text in enumerate(HOSTILE)
    )
    return Listing(
        key="findings",
        title="Findings on the raw data",
        columns=("Severity", "Rule", "Message", "Table", "Row", "What to do"),
        rows=rows,
        note="All findings at once; errors stop the report.",
    )


def _long_listing() -> Listing:
    rows = tuple(
        (
            f"DUONEN-{i:04d}",
            ARMS[i % 4],
            f"2023-{1 + i % 12:02d}-{1 + i % 28:02d}",
            f"{i % 4 + 1}",
            "Stopping rule: platelets below 50 ×10⁹/L twice" if i % 3 else "Withdrawal",
            "averyveryveryverylongwordwithoutanyplacetobreakit_" * 2 if i == 5 else "–",
        )
        for i in range(70)
    )
    return Listing(
        key="discontinued",
        title="Patients who stopped treatment",
        columns=("Patient", "Arm", "Date", "Cycles", "Reason", "Detail"),
        rows=rows,
        landscape=True,
        weights=(2, 1, 2, 1, 4, 3),
    )


def _none_found() -> Listing:
    return Listing(
        key="deviations", title="Deviations from the plan", columns=("Field", "Planned", "Used"), rows=()
    )
