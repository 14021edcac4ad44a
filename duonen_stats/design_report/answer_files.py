"""The report of one answer of ``duonen design``: HTML, PDF, results, tables, figures, JSON and a manifest.

All of it is made from the answer, so it says what the terminal says. An answer made without the arms and one made with
them are outputs of different kinds: neither replaces the other, and each says on every page which it is.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from duonen_stats.datasets.metadata.stamp import Stamp
from duonen_stats.design_report.answer import Answer, Fact
from duonen_stats.design_report.answer_output import answer_json, as_plain
from duonen_stats.design_report.planning_report import drawn_files, drawn_pages
from duonen_stats.displays.drawings.drawing import marked_figure
from duonen_stats.displays.model.content import (
    Column,
    FigureContent,
    Line,
    ProducedDisplay,
    TableContent,
    TableRow,
)
from duonen_stats.document.content_model import (
    Block,
    Bullets,
    DisplayBlock,
    Document,
    Section,
)
from duonen_stats.document.language.catalogue import Language, require_language
from duonen_stats.document.language.translation import in_language
from duonen_stats.errors import OptionError
from duonen_stats.folder.output_place import require_folder
from duonen_stats.folder.provenance import (
    BLINDED_ANSWER,
    MANIFEST,
    PLANNING_ANSWER,
    UNBLINDED_ANSWER,
    listed,
    software_versions,
)
from duonen_stats.folder.write import write_outputs
from duonen_stats.formats import csv_files
from duonen_stats.study import Study, load_study

_KINDS = {None: PLANNING_ANSWER, True: BLINDED_ANSWER, False: UNBLINDED_ANSWER}
_SEEN = {
    None: "No data of patients were used.",
    True: "Blinded: made from pooled data. No arm was read.",
    False: "Unblinded: rests on the comparison of the arms at an interim look. For those who may know it.",
}
_MARKS = {None: "", True: "blinded", False: "UNBLINDED"}


def require_answer_folder(out: Path) -> None:
    """Raise ``OptionError`` if no answer, whatever it has seen, can be written to ``out``."""
    for place, kind in enumerate(_KINDS.values(), 1):
        try:
            return require_folder(out, kind)
        except OptionError:
            if place == len(_KINDS):
                raise
    return None


def write_answer(
    out: Path, answer: Answer, *, options: Mapping[str, object] | None = None, language: Language = "en"
) -> str:
    """Write the report of an answer.

    Parameters
    ----------
    out
        Folder to write, built beside it and exchanged at the end.
    answer
        What to report.
    options
        Options of the command as they were taken, for the manifest.
    language
        Language of pages and figures; results, tables and JSON are the same in each.

    Returns
    -------
    str
        What was written, in a line.

    Raises
    ------
    DuonenError
        ``out`` holds something else than an earlier report of the same kind; or the language is another.
    """
    require_folder(out, _KINDS[answer.blinded])
    files = answer_report_files(answer, load_study(), options=options, language=require_language(language))
    write_outputs(Path(out), files)
    drawn = "tables, figures" if answer.figures else "tables"
    return f"Written to {out}: report.html, report.pdf, results.csv, answer.json, {drawn}, manifest."


def answer_report_files(
    answer: Answer, study: Study, *, options: Mapping[str, object] | None = None, language: Language = "en"
) -> Mapping[str, bytes]:
    """Return the content of every file by name; the same answer gives the same bytes."""
    versions = software_versions()
    document = answer_document(answer, study, versions["duonen-stats"])
    said = in_language(language, document)
    drawn = drawn_files(said)
    files = {
        **drawn_pages(said, drawn),
        "results.csv": csv_files.results_csv(document.results),
        "answer.json": (answer_json(answer) + "\n").encode(),
    }
    for produced in document.displays():
        if isinstance(produced.content, TableContent):
            files[f"tables/{produced.key}.csv"] = csv_files.table_csv(produced)
    files |= {
        f"figures/{key}.{kind}": content for key, made in drawn.items() for kind, content in made.items()
    }
    files[MANIFEST] = _manifest(answer, files, versions, options or {})
    return files


def answer_document(answer: Answer, study: Study, version: str) -> Document:
    """Build the report: what follows, tables and figures, what is assumed, notes."""
    displays = _displays(answer)
    result = [DisplayBlock(displays.pop(0))]
    assumed = [DisplayBlock(displays.pop(0))] if answer.assumed else []
    sections = [Section(key="result", title="Result", blocks=tuple(result), sliders=answer.sliders)]
    if displays:
        shown: tuple[Block, ...] = tuple(DisplayBlock(produced) for produced in displays)
        sections.append(Section(key="details", title="Details", blocks=shown))
    if assumed:
        sections.append(Section(key="assumptions", title="Assumptions", blocks=tuple(assumed)))
    said = answer.notes if answer.blinded else (_SEEN[answer.blinded], *answer.notes)
    notes: tuple[Line, ...] = tuple((note,) for note in said)
    sections.append(Section(key="notes", title="How to read this", blocks=(Bullets(notes),)))
    mark = _MARKS[answer.blinded]
    simulated = _simulated(answer)
    return Document(
        title=_title(answer),
        subtitle=f"{study.study_id}{f', {mark}' if mark else ''}",
        simulated=simulated,
        banner=Stamp(simulated).banner,
        meta=(
            ("Trial", f"{study.study_id}, {study.registration}"),
            ("Question", f"duonen design {answer.question}"),
            ("Data", str(answer.data.get("data", "as stated on the command line"))),
            ("Knowledge of the arms", _SEEN[answer.blinded]),
            ("Software", f"duonen_stats {version}"),
        ),
        sections=tuple(sections),
        results=answer.results(),
        cut_line=_SEEN[answer.blinded].split(":")[0].rstrip("."),
        running_title=f"{study.study_id} · {answer.question}{f' · {mark}' if mark else ''}",
    )


def _title(answer: Answer) -> str:
    return answer.title.removeprefix("SIMULATED DATA · ")


def _simulated(answer: Answer) -> bool:
    return answer.data.get("simulated") is True


def _displays(answer: Answer) -> list[ProducedDisplay]:
    """Set the facts, the assumptions, then the tables and figures, numbered in the order of reading."""
    contents: list[tuple[str, str, TableContent | FigureContent]] = [
        ("facts", _title(answer), _facts_table(answer, answer.facts))
    ]
    if answer.assumed:
        contents.append(("assumed", "What is assumed", _facts_table(answer, answer.assumed)))
    contents += [(table.key, table.title or _title(answer), answer.content(table)) for table in answer.tables]
    stamp = Stamp(_simulated(answer))
    contents += [
        (figure.key, figure.title, marked_figure(figure.content, stamp)) for figure in answer.figures
    ]
    source = _SEEN[answer.blinded]
    places = {"Table": 0, "Figure": 0}
    found = []
    # The assumptions stand at the end of the report, and are numbered there.
    order = [
        *(one for one in contents if one[0] != "assumed"),
        *(one for one in contents if one[0] == "assumed"),
    ]
    labels: dict[str, str] = {}
    for key, _, content in order:
        kind = "Figure" if isinstance(content, FigureContent) else "Table"
        places[kind] += 1
        labels[key] = f"{kind} {places[kind]}"
    for key, title, content in contents:
        found.append(
            ProducedDisplay(
                key=key, label=labels[key], ich_number="", title=title, population=(f"{answer.population}.",),
                content=content, source=source,
            )
        )  # fmt: skip
    return found


def _facts_table(answer: Answer, facts: Sequence[Fact]) -> TableContent:
    columns = (
        Column(header="Quantity", align="left", weight=1.0),
        Column(header="Value", align="left", weight=2.2),
    )
    rows = tuple(TableRow(cells=((label,), answer.line(parts))) for label, parts in facts)
    return TableContent(columns=columns, rows=rows)


def _manifest(
    answer: Answer, files: Mapping[str, bytes], versions: Mapping[str, str], options: Mapping[str, object]
) -> bytes:
    content = {
        "made_by": "duonen_stats",
        "kind": _KINDS[answer.blinded],
        "question": answer.question,
        "blinded": answer.blinded,
        "simulated": _simulated(answer),
        "options": {name: as_plain(value) for name, value in sorted(options.items())},
        "inputs": [{"name": name, "sha256": digest} for name, digest in answer.sources],
        "outputs": listed(files),
        "software": dict(versions),
    }
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
