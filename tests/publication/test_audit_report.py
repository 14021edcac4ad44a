import csv
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest

from duonen_stats.displays.model.content import plain
from duonen_stats.document.content_model import Paragraph
from duonen_stats.errors import DuonenError, FaultyCutError
from duonen_stats.plan import INTERIM
from duonen_stats.publication import load_ledger
from duonen_stats.publication.audit import audit_publication
from duonen_stats.publication.audit_report import (
    COLUMNS,
    audit_document,
    audit_line,
    audit_text,
    write_audit,
)
from duonen_stats.publication.audit_results import analyse_audit
from duonen_stats.results import Results

FIXED = ["id", "where", "printed", "published_value", "decimals", "regenerated_value", "verdict", "finding"]
FILES = {"audit.csv", "audit.html", "audit.pdf", "audit_findings.csv", "results.csv", "manifest.json"}


@pytest.fixture(scope="module")
def written(written_audit):
    return written_audit


def read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(path.read_text(encoding="utf-8"))))


def test_a_folder_with_every_file_is_written(written):
    assert {path.name for path in written.out.iterdir()} == FILES
    assert (written.out / "audit.pdf").read_bytes().startswith(b"%PDF")
    assert "SIMULATED DATA" in (written.out / "audit.html").read_text(encoding="utf-8")


def test_one_row_an_entry_with_the_fixed_columns_first(written):
    rows = read(written.out / "audit.csv")
    assert len(rows) == 745
    assert list(rows[0])[:8] == FIXED
    assert list(rows[0]) == list(COLUMNS)
    female = next(row for row in rows if row["id"] == "table1.sex.female.all.n")
    assert [female[name] for name in FIXED[2:]] == ["43 (53.6%)", "43", "0", "30", "impossible", "A01"]


def test_every_regenerated_number_of_a_result_names_its_row(written):
    ids = set(pd.read_csv(written.out / "results.csv")["analysis_id"])
    rows = [row for row in read(written.out / "audit.csv") if row["kind"] == "result"]
    assert all(row["result_ids"] in ids for row in rows)


def test_findings_are_written_with_their_proofs_and_the_others_with_what_they_take(written):
    rows = read(written.out / "audit_findings.csv")
    assert {row["finding"] for row in rows} == {"", *(f"A{number:02}" for number in range(1, 28))}
    assert all(row["proof"] for row in rows)


def test_the_line_has_the_counts(written):
    line = audit_line(written)
    assert "\n" not in line
    assert line.startswith(
        "SIMULATED DATA. 745 entries: of 574 results 557 reproduced, 17 impossible, 0 differ,"
    )
    text = audit_text(written)
    assert text.startswith(line)
    assert "table1.bmi.all.median" in text
    assert max(map(len, text.split("\n\n")[1].splitlines())) < 100


@pytest.mark.whole_report
def test_data_of_the_trial_are_a_comparison(edit, tmp_path):
    cut = edit.read("data_cut")
    edit.write("data_cut", cut.assign(ORIGIN="TRIAL", LABEL="First cut"))
    subjects = edit.read("subjects")
    edit.write("subjects", subjects.assign(SEX=["M"] * len(subjects)))
    audited = write_audit(edit.folder, out=tmp_path / "audit")
    assert not audited.simulated
    assert audit_line(audited).startswith("Comparison with the interim publication. 745 entries")
    rows = {row["id"]: row["verdict"] for row in read(tmp_path / "audit" / "audit.csv")}
    # 26 + 43 = 69 of 56 is a contradiction still, but data with 56 men do not show which side of it is wrong.
    assert (
        rows["table1.sex.male.all.n"]
        == rows["table1.sex.female.all.n"]
        == rows["table1.sex.male.C.n"]
        == "differs"
    )
    assert rows["table1.bmi.all.median"] == "impossible"
    page = (tmp_path / "audit" / "audit.html").read_text(encoding="utf-8")
    assert "SIMULATED" not in page.partition("<body")[2]


def test_a_faulty_cut_writes_nothing(edit, tmp_path):
    subjects = edit.read("subjects")
    edit.write("subjects", subjects.assign(ARM="E"))
    with pytest.raises(FaultyCutError):
        write_audit(edit.folder, out=tmp_path / "audit")
    assert not (tmp_path / "audit").exists()


def test_a_folder_with_something_else_is_kept(tmp_path):
    (tmp_path / "letter.txt").write_text("keep me", encoding="utf-8")
    with pytest.raises(DuonenError):
        write_audit(out=tmp_path)


def document(results, study, origin, deviations=""):
    audit = audit_publication(load_ledger(), results, study, INTERIM)
    rows = Results([*results, *analyse_audit(audit)])
    return audit_document(
        audit, rows, study, origin=origin, cut_line="Data cut", meta=(), deviations=deviations
    )


def words(found) -> str:
    blocks = [block for section in found.sections for block in section.blocks]
    return " ".join(plain(block.line) for block in blocks if isinstance(block, Paragraph))


def test_simulated_data_prove_nothing_about_the_trial(results, study):
    found = document(results, study, "shipped")
    assert found.title == "Audit of the interim publication"
    assert "printed numbers are compatible, and nothing about the trial." in words(found)
    assert [section.key for section in found.sections] == [
        "summary", "contradicted", "findings", "claims", "design", "entries",
    ]  # fmt: skip


def test_data_of_the_trial_are_compared(results, study):
    found = document(results, study, "trial")
    assert found.title == "Comparison with the interim publication"
    assert "this is a comparison" in words(found)
    assert "simulated" not in words(found)


def test_another_simulated_cohort_was_not_built_to_agree(results, study):
    found = document(results, study, "simulated", deviations="1 decision differs")
    assert found.simulated
    assert found.title == "Comparison with the interim publication"
    assert "they are not the cohort shipped with this package" in words(found)
    assert "that cohort alone was built to agree with the publication" in words(found)
    assert "compatible" not in words(found)
    assert "1 decision differs." in words(found)


def test_numbers_in_the_words_are_rows_of_the_results_table(results, study):
    found = document(results, study, "shipped")
    assert {number.id for number in found.numbers()} >= {
        "audit.result.reproduced.n",
        "audit.findings.derived.n",
    }
