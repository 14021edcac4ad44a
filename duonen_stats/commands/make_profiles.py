"""Profiles of patients: a page each, as HTML and PDF."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from duonen_stats.datasets import Datasets, build_datasets
from duonen_stats.datasets.patients.profiles import build_profile, patients_of_concern
from duonen_stats.displays.patients.profile import lay_out_profile
from duonen_stats.document.content_model import DisplayBlock, Document, Section
from duonen_stats.document.figure_files import figure_files
from duonen_stats.document.html import render_html
from duonen_stats.document.language.catalogue import Language, require_language
from duonen_stats.document.language.translation import translation_into
from duonen_stats.document.marked_results import date_of
from duonen_stats.document.pdf import render_pdf
from duonen_stats.errors import OptionError
from duonen_stats.folder.output_place import require_folder
from duonen_stats.folder.provenance import MANIFEST, PROFILES, manifest, software_versions
from duonen_stats.folder.write import write_outputs
from duonen_stats.plan import INTERIM, Plan
from duonen_stats.raw.checks.check import check_data, require_sound
from duonen_stats.report.session import closed_datasets
from duonen_stats.results import Results
from duonen_stats.study import load_study


def write_profiles(
    folder: Path | None,
    *,
    out: Path,
    patients: Sequence[str] = (),
    of_concern: bool = False,
    plan: Plan | None = None,
    mapping: Path | None = None,
    cut_date: date | str | None = None,
    progress: Callable[[str, int, int], None] = lambda *_: None,
    language: Language = "en",
) -> tuple[str, ...]:
    """Write a page for each patient as ``profiles.html`` and ``profiles.pdf``, with each figure and ``manifest.json``.

    Parameters
    ----------
    folder
        The data cut: a folder or a workbook; None is the simulated cohort.
    out
        Folder to make, or to replace if it is an earlier output of this kind; written whole or not at all.
    patients
        ``SUBJID`` or ``USUBJID`` of the patients; all of them if empty.
    of_concern
        Only patients with a serious event, one of grade 3 or higher, one that ended the treatment, or an organ dose
        above its limit.
    plan
        The decisions; ``INTERIM`` if left out.
    mapping
        Mapping file of the cut.
    cut_date
        Reduce the data to what was known on this day; left out, they are taken as they are.
    progress
        Told each page as it is drawn: its patient, its number, how many there are.
    language
        ``"en"`` or ``"pl"``; what has no Polish term stays English, and is marked.

    Returns
    -------
    tuple of str
        ``USUBJID`` of the patients, in the order of the pages.

    Raises
    ------
    FaultyCutError
        The cut has errors; nothing is written.
    DataError
        The cut is not there.
    OptionError
        A patient is not in the data; ``out`` holds something else or the data, or cannot be written.
    """
    started, clock = datetime.now(UTC), time.perf_counter()
    plan = INTERIM if plan is None else plan
    translation = translation_into(require_language(language))
    require_folder(out, PROFILES, folder, mapping)
    study = load_study()
    cut, findings = check_data(folder, study, mapping=mapping, cut_date=cut_date, plan=plan)
    require_sound(cut, findings)
    data = build_datasets(cut, study, plan)
    # Until the final analysis a page that has arm and death is for the committee alone.
    if cut.stage != "FINAL":
        data = closed_datasets(data)
    chosen = _chosen(data, patients, of_concern=of_concern)
    files: dict[str, bytes] = {}
    sections, drawings = [], {}
    for number, patient in enumerate(chosen, 1):
        progress(patient, number, len(chosen))
        shown = lay_out_profile(build_profile(data, study, patient), data, study)
        said = shown if translation is None else translation.display(shown)
        made = figure_files(said, timestamp=date_of(cut), language=language)
        drawings[shown.key] = made["svg"]
        files |= {f"figures/{shown.key}.{form}": content for form, content in made.items()}
        sections.append(Section(key=f"page_{shown.key}", title=shown.label, blocks=(DisplayBlock(shown),)))
    document = Document(
        title="Patient profiles",
        subtitle=f"{study.study_id}: {len(chosen)} patient{'s' if len(chosen) != 1 else ''}",
        simulated=cut.simulated,
        closed=data.stamp.closed,
        banner=data.stamp.banner,
        meta=(
            ("Data cut", "not stated" if cut.cut_date is None else f"{cut.cut_date:%Y-%m-%d}"),
            ("Patients", "of concern" if of_concern else "chosen" if patients else "all"),
            ("Personal data", "each page is about one patient; keep it where patient data may be kept"),
        ),
        sections=tuple(sections),
        results=Results(()),
        cut_line=data.cut_line,
        running_title=f"{study.study_id} · Patient profiles",
    )
    if translation is not None:
        document = translation.document(document)
    files["profiles.html"] = render_html(
        document, {key: svg.decode() for key, svg in drawings.items()}
    ).encode()
    files["profiles.pdf"] = render_pdf(document, drawings, date_of(cut))
    files[MANIFEST] = manifest(
        cut=cut, plan=plan, outputs=files, versions=software_versions(), started=started,
        seconds={"profiles": time.perf_counter() - clock}, study=study, kind=PROFILES,
    )  # fmt: skip
    write_outputs(out, files)
    return chosen


def _chosen(data: Datasets, patients: Sequence[str], *, of_concern: bool) -> tuple[str, ...]:
    everybody = {str(row.SUBJID): str(row.USUBJID) for row in data.adsl.itertuples()}
    if patients:
        unknown = [one for one in patients if one not in everybody and one not in everybody.values()]
        if unknown:
            centre = unknown[0].split("-")[0]
            alike = [number for number in everybody if number.startswith(centre)] or [*everybody]
            raise OptionError(
                "patient",
                f"there is no patient {unknown[0]} in these data; there are {', '.join(alike[:8])} …",
            )
        return tuple(dict.fromkeys(everybody.get(one, one) for one in patients))
    return patients_of_concern(data) if of_concern else tuple(everybody.values())
