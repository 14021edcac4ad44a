"""Records of two cuts are paired by their key, and by what is left of it where part of it was corrected."""

import random
import re
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from comparison.small_output import output
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.comparison.changed_records import Cell, compare_table, raw_tiers
from duonen_stats.comparison.changed_statistics import Tolerance
from duonen_stats.comparison.compare_outputs import compare_outputs
from duonen_stats.comparison.comparison_document import comparison_document, summary
from duonen_stats.comparison.comparison_files import comparison_csvs
from duonen_stats.comparison.comparison_text import comparison_text
from duonen_stats.comparison.pair_records import Corrections, pair_records
from duonen_stats.comparison.read_output import OutputSheet
from duonen_stats.document.html import render_html
from duonen_stats.document.pdf import render_pdf
from duonen_stats.study.shipped_files import cohort_path

COLUMNS = ("ID", "VISIT", "DATE", "VALUE", "UNIT", "_ROW")
TIERS = (("ID", "VISIT", "DATE"), ("ID", "VISIT"))


def sheet(*rows):
    return OutputSheet(COLUMNS, tuple((*row, str(line)) for line, row in enumerate(rows, 2)))


def paired(old, new):
    pairs, removed, added = pair_records(old, new, TIERS)
    return (
        [(a["VALUE"], b["VALUE"]) for a, b in pairs],
        [r["VALUE"] for r in removed],
        [r["VALUE"] for r in added],
    )


def test_a_corrected_date_is_one_changed_record():
    old = sheet(("1", "V1", "2024-01-01", "5", "g"), ("1", "V2", "2024-02-01", "6", "g"))
    new = sheet(("1", "V1", "2024-01-02", "5", "g"), ("1", "V2", "2024-02-01", "7", "g"))
    assert paired(old, new) == ([("5", "5"), ("6", "7")], [], [])


def test_another_record_of_the_same_visit_is_no_correction():
    old = sheet(("1", "V1", "2024-01-01", "5", "g"))
    new = sheet(("1", "V1", "2024-03-01", "9", "mg"))
    assert paired(old, new) == ([], ["5"], ["9"])


def test_two_candidates_are_left_apart():
    old = sheet(("1", "UNS", "2024-01-01", "5", "g"))
    new = sheet(("1", "UNS", "2024-01-02", "5", "g"), ("1", "UNS", "2024-01-03", "5", "g"))
    assert paired(old, new) == ([], ["5"], ["5", "5"])


def test_of_several_records_with_one_key_those_alike_are_paired_first():
    old = sheet(("1", "V1", "d", "5", "g"), ("1", "V1", "d", "6", "g"), ("1", "V1", "d", "7", "g"))
    new = sheet(("1", "V1", "d", "7", "g"), ("1", "V1", "d", "8", "g"), ("1", "V1", "d", "5", "g"))
    pairs, removed, added = paired(old, new)
    assert sorted(pairs) == [("5", "5"), ("6", "8"), ("7", "7")]
    assert (removed, added) == ([], [])


ROWS = st.lists(
    st.tuples(
        st.sampled_from("123"), st.sampled_from(["V1", "V2", "UNS"]), st.sampled_from("abc"), st.sampled_from("567"),
        st.just("g"),
    ),
    max_size=12,
)  # fmt: skip


@pytest.mark.law
@given(ROWS, ROWS)
def test_every_record_is_paired_or_listed_once(first, second):
    pairs, removed, added = pair_records(sheet(*first), sheet(*second), TIERS)
    olds = [pair[0]["_ROW"] for pair in pairs] + [record["_ROW"] for record in removed]
    news = [pair[1]["_ROW"] for pair in pairs] + [record["_ROW"] for record in added]
    assert sorted(olds, key=int) == [str(i) for i in range(2, 2 + len(first))]
    assert sorted(news, key=int) == [str(i) for i in range(2, 2 + len(second))]


@pytest.mark.law
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_a_file_is_no_difference(rows, draw: random.Random):
    mixed = draw.sample(rows, len(rows))
    pairs, removed, added = pair_records(sheet(*rows), sheet(*mixed), TIERS)
    assert (removed, added) == ([], [])
    assert all(old[name] == new[name] for old, new in pairs for name in COLUMNS[:-1])


LABS = ("SUBJID", "VISIT", "LBDT", "ANALYTE", "VALUE", "UNIT", "LLN", "ULN", "LABORATORY")
EVENTS = (
    "SUBJID", "AESEQ", "TERM", "CATEGORY", "GRADE", "STARTDT", "ENDDT", "RELATED", "SERIOUS", "ACTION", "OUTCOME",
)  # fmt: skip
DOSES = ("SUBJID", "CYCLE", "ORGAN", "ISOTOPE", "DOSE_GY")
NUMERIC = frozenset({"VALUE", "DOSE_GY"})


@pytest.fixture
def told(study):
    def compared(table, columns, old, new):
        found = compare_table(
            "raw", table, OutputSheet(columns, tuple(old)), OutputSheet(columns, tuple(new)),
            raw_tiers(study.table(table)), NUMERIC, Tolerance(),
        )  # fmt: skip
        return sorted(
            (
                change.kind,
                " ".join(text for _, text in change.key),
                "" if change.kind in {"added", "removed"}
                else ", ".join(f"{c.column} {c.old} → {c.new}" for c in change.cells),
            )
            for change in found.records
        )  # fmt: skip

    return compared


def lab(subject="01-001", visit="V1", date="2024-01-10", analyte="HGB", value="13.3"):
    return (subject, visit, date, analyte, value, "g/dL", "12", "16", "LAB-01")


def event(subject="01-001", number="1", term="Nausea", start="2024-01-10", end="2024-01-12", grade="1"):
    return (subject, number, term, term.upper(), grade, start, end, "Y", "N", "NONE", "RECOVERED")


FIVE = [
    event(number=str(i), term=term, start=f"2024-0{i}-10", end=f"2024-0{i}-20")
    for i, term in enumerate(("Nausea", "Anemia", "Fatigue", "Rash", "Cough"), 1)
]


def numbered(events, by):
    return [(one[0], str(int(one[1]) + by), *one[2:]) for one in events]


def test_a_corrected_visit_of_a_lab_record(told):
    assert told("labs", LABS, [lab(), lab(analyte="WBC")], [lab(visit="UNS"), lab(analyte="WBC")]) == [
        ("corrected", "01-001 V1 2024-01-10 HGB", "VISIT V1 → UNS")
    ]


def test_a_corrected_date_of_the_key_is_a_change_as_before(told):
    assert told("labs", LABS, [lab()], [lab(date="2024-01-11")]) == [
        ("changed", "01-001 V1 2024-01-10 HGB", "LBDT 2024-01-10 → 2024-01-11")
    ]


def test_visits_that_all_moved_on_by_one(told):
    """The keys V2 and V3 stand in both versions, with other records behind them."""
    days = ("2024-01-10", "2024-02-10", "2024-03-10")
    old = [lab(visit=f"V{i}", date=day, value=f"1{i}.0") for i, day in enumerate(days, 1)]
    new = [lab(visit=f"V{i}", date=day, value=f"1{i - 1}.0") for i, day in enumerate(days, 2)]
    assert [one[2] for one in told("labs", LABS, old, new)] == [
        "VISIT V1 → V2",
        "VISIT V2 → V3",
        "VISIT V3 → V4",
    ]


@pytest.mark.parametrize("by", [1, 2, 7])
def test_sequence_numbers_of_a_whole_block(told, by):
    found = told("adverse_events", EVENTS, FIVE, numbered(FIVE, by))
    assert found == [("corrected", f"01-001 {i}", f"AESEQ {i} → {i + by}") for i in range(1, 6)]


def test_an_event_put_before_a_block_is_the_only_one_added(told):
    first = event(term="Headache", start="2023-12-01", end="2023-12-02")
    found = told("adverse_events", EVENTS, FIVE, [first, *numbered(FIVE, 1)])
    assert found == [
        ("added", "01-001 1", ""),
        *(("corrected", f"01-001 {i}", f"AESEQ {i} → {i + 1}") for i in range(1, 6)),
    ]


def test_an_event_taken_from_before_a_block_is_the_only_one_removed(told):
    found = told("adverse_events", EVENTS, FIVE, numbered(FIVE[1:], -1))
    assert found == [
        *(("corrected", f"01-001 {i}", f"AESEQ {i} → {i - 1}") for i in range(2, 6)),
        ("removed", "01-001 1", ""),
    ]


def test_a_row_with_one_end_needs_more_than_one_other_cell(told):
    """V1 gone and V2 with the value of V1: as likely one removed and one value corrected, so the key has it."""
    old = [lab(value="13.3"), lab(visit="V2", value="12.1")]
    found = told("labs", LABS, old, [lab(visit="V2", value="13.3")])
    assert found == [
        ("changed", "01-001 V2 2024-01-10 HGB", "VALUE 12.1 → 13.3"),
        ("removed", "01-001 V1 2024-01-10 HGB", ""),
    ]


def test_a_patient_number_in_every_table(told, study):
    """Said for each record, with the old and the new number; a value corrected at once is found by the rest."""
    old = [lab(visit=visit, value=value) for visit, value in (("V1", "13.3"), ("V2", "12.0"), ("V3", "11.0"))]
    new = [("01-009", *one[1:]) for one in old]
    new[2] = lab("01-009", "V3", value="14.0")
    assert told("labs", LABS, old, new) == [
        ("corrected", "01-001 V1 2024-01-10 HGB", "SUBJID 01-001 → 01-009"),
        ("corrected", "01-001 V2 2024-01-10 HGB", "SUBJID 01-001 → 01-009"),
        ("corrected", "01-001 V3 2024-01-10 HGB", "SUBJID 01-001 → 01-009, VALUE 11.0 → 14.0"),
    ]
    new = [("01-009", *one[1:]) for one in FIVE]
    assert {one[2] for one in told("adverse_events", EVENTS, FIVE, new)} == {"SUBJID 01-001 → 01-009"}
    columns = tuple(column.name for column in study.table("subjects").columns)
    subject = ("01-001", "01", *(f"v{i}" for i in range(len(columns) - 2)))
    moved = ("02-001", "02", *subject[2:])
    found = told("subjects", columns, [subject], [moved])
    assert found == [("corrected", "01-001", "SUBJID 01-001 → 02-001, SITEID 01 → 02")]


def test_one_other_record_is_too_little_to_know_the_new_number(told):
    old = [lab(value="13.3"), lab(visit="V3", value="11.0")]
    new = [lab("01-009", value="13.3"), lab("01-009", "V3", value="14.0")]
    assert [one[0] for one in told("labs", LABS, old, new)] == ["added", "corrected", "removed"]


def test_an_event_moved_to_another_patient_is_numbered_there(told):
    there = event("01-009", term="Anemia", start="2023-01-01", end="2023-01-02")
    found = told("adverse_events", EVENTS, [event(), there], [there, event("01-009", "2")])
    assert found == [("corrected", "01-001 1", "SUBJID 01-001 → 01-009, AESEQ 1 → 2")]


def test_a_number_corrected_with_one_other_cell(told):
    found = told("adverse_events", EVENTS, [event()], [event(number="4", grade="2")])
    assert found == [("corrected", "01-001 1", "AESEQ 1 → 4, GRADE 1 → 2")]


def test_another_patients_event_with_another_cell_is_another_event(told):
    """Of another patient, five cells beside the key must agree: here four."""
    bare = ("01-001", "1", "Nausea", "NAUSEA", "1", "2024-01-10", "", "", "", "", "RECOVERED")
    other = ("01-009", "1", "Nausea", "NAUSEA", "1", "2024-03-10", "", "", "", "", "RECOVERED")
    assert [one[0] for one in told("adverse_events", EVENTS, [bare], [other])] == ["added", "removed"]


def test_an_organ_corrected_by_its_dose(told):
    one = ("01-001", "T1", "KIDNEY", "Y90", "2.629")
    assert told("dosimetry", DOSES, [one], [("01-001", "T1", "LIVER", "Y90", "2.629")]) == [
        ("corrected", "01-001 T1 KIDNEY Y90", "ORGAN KIDNEY → LIVER")
    ]
    assert [
        found[0] for found in told("dosimetry", DOSES, [one], [("01-001", "T1", "LIVER", "Y90", "2.7")])
    ] == ["added", "removed"]
    empty = (*one[:4], "")
    assert [
        found[0] for found in told("dosimetry", DOSES, [empty], [("01-001", "T1", "LIVER", "Y90", "")])
    ] == ["added", "removed"]


def test_two_that_could_be_the_same_are_left_apart(told):
    two = [event(number="1"), event(number="2")]
    assert [one[0] for one in told("adverse_events", EVENTS, two, numbered(two, 5))] == [
        "added", "added", "removed", "removed",
    ]  # fmt: skip
    assert [one[0] for one in told("adverse_events", EVENTS, [event()], numbered(two, 5))] == [
        "added", "added", "removed",
    ]  # fmt: skip
    found = told("labs", LABS, [lab()], [lab(visit="UNS"), lab(subject="01-009")])
    assert [one[0] for one in found] == ["added", "added", "removed"]


def test_records_that_were_swapped_keep_their_key(told):
    """Whether the numbers or all the rest was swapped nobody can know: the key has it."""
    swapped = [(*FIVE[0][:2], *FIVE[1][2:]), (*FIVE[1][:2], *FIVE[0][2:])]
    found = told("adverse_events", EVENTS, FIVE, [*swapped, *FIVE[2:]])
    assert [one[:2] for one in found] == [("changed", "01-001 1"), ("changed", "01-001 2")]


def test_nothing_in_common_is_removed_and_added(told):
    other = lab("02-002", "V9", "2025-05-05", "PLAT", "192")
    assert [one[0] for one in told("labs", LABS, [lab()], [other])] == ["added", "removed"]
    # Another patient's sample of the same visit and day, with another value.
    assert [one[0] for one in told("labs", LABS, [lab()], [lab("01-009", value="11.0")])] == [
        "added",
        "removed",
    ]
    # The same value at a later visit.
    later = lab(visit="V5", date="2024-06-10")
    assert [one[0] for one in told("labs", LABS, [lab()], [later])] == ["added", "removed"]


@pytest.mark.law
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_files_changes_nothing(draw: random.Random):
    rows = [
        event(f"01-00{i % 3}", str(i), draw.choice(["Nausea", "Rash"]), f"2024-01-{10 + i % 4}")
        for i in range(9)
    ]
    other = [(one[0], str(int(one[1]) + draw.choice([0, 1, 3])), *one[2:]) for one in rows]
    other = list({one[:2]: one for one in other}.values())

    def kinds(first, second):
        tiers = (("SUBJID", "AESEQ"),)
        sheets = OutputSheet(EVENTS, tuple(first)), OutputSheet(EVENTS, tuple(second))
        found = compare_table("raw", "adverse_events", *sheets, tiers, NUMERIC, Tolerance())
        assert len(first) - found.count("removed") == len(second) - found.count("added")
        return sorted(
            (change.kind, change.key, tuple((c.column, c.old, c.new) for c in change.cells))
            for change in found.records
        )

    assert kinds(rows, other) == kinds(draw.sample(rows, len(rows)), draw.sample(other, len(other)))


@pytest.fixture(scope="module")
def corrected_output():
    """Two outputs: a visit corrected in one record, a patient number in two tables."""
    head = ",".join(LABS) + "\n"
    labs = [lab(), lab("01-004", "V2"), lab("01-005", "V2", value="9.9")]
    moved = [lab(visit="UNS"), ("01-008", *labs[1][1:]), labs[2]]
    events = [event("01-004", "1"), event("01-004", "2", "Rash")]
    renamed = [("01-008", *one[1:]) for one in events]

    def files(labs, events):
        rows = ",".join(EVENTS) + "\n" + "".join(",".join(one) + "\n" for one in events)
        return {
            "raw/labs.csv": head + "".join(",".join(one) + "\n" for one in labs),
            "raw/adverse_events.csv": rows,
        }

    return compare_outputs(output(files(labs, events)), output(files(moved, renamed)))


def test_the_terminal_says_corrections_and_names_no_patient(corrected_output):
    text = comparison_text(corrected_output)
    assert re.search(r"raw labs +3 +3 +0 +0 +0 +2  VISIT 1, SUBJID 1\n", text)
    assert "    corrected: VISIT V1 → UNS in 1 record\n" in text
    assert "    corrected: SUBJID (not named here) in 1 record\n" in text
    assert "    corrected: SUBJID (not named here) in 2 records" in text
    assert not re.search(r"01-00\d", text)


def test_files_and_document_say_each_correction(corrected_output, study):
    listed = comparison_csvs(corrected_output)["records.csv"].decode().splitlines()
    assert (
        "raw,labs,corrected,"
        '"SUBJID 01-004, VISIT V2, LBDT 2024-01-10, ANALYTE HGB",SUBJID,01-004,01-008' in listed
    )
    assert 'raw,adverse_events,corrected,"SUBJID 01-004, AESEQ 2",SUBJID,01-004,01-008' in listed
    assert len(listed) == 1 + 4
    document = comparison_document(corrected_output, study, "1.0")
    assert "".join(summary(corrected_output)[0]) == (
        "Raw records: 0 added, 0 removed, 0 changed, 4 corrected."
    )
    page = render_html(document, {})
    assert "V1 → UNS" in page
    assert page.count("01-004 → 01-008") == 3
    assert render_pdf(document, {}, datetime(2000, 1, 1, tzinfo=UTC)).startswith(b"%PDF")


def test_thousands_of_records_cost_time_in_proportion():
    """Counted, not timed: how often cells are looked at, with all records left over on both sides."""

    class Counting(dict):
        looked = 0

        def __getitem__(self, name):
            Counting.looked += 1
            return super().__getitem__(name)

    def looked(count):
        old = [dict(zip(LABS, lab(f"p{i}", value=str(i)), strict=True)) for i in range(count)]
        new = [one | {"SUBJID": f"q{i}", "LBDT": "2025-01-01"} for i, one in enumerate(old)]
        Counting.looked = 0
        search = Corrections([Counting(one) for one in old], [Counting(one) for one in new], LABS[:4], LABS)
        assert search.near(search.exact({})) == {}
        return Counting.looked

    assert looked(2000) <= 10.5 * looked(200)


def test_in_the_shipped_cohort_every_record_of_a_renamed_patient_is_a_correction(study):
    tables = 0
    for table in study.tables:
        path = Path(str(cohort_path())) / f"{table.name}.csv"
        if not path.exists() or "SUBJID" not in table.key:
            continue
        old = pd.read_csv(path, dtype=str, keep_default_na=False)
        new = old.assign(SUBJID=old["SUBJID"].replace("01-011", "01-911"))
        sheets = [
            OutputSheet(tuple(one.columns), tuple(map(tuple, one.to_numpy().tolist()))) for one in (old, new)
        ]
        found = compare_table("raw", table.name, *sheets, raw_tiers(table), frozenset(), Tolerance())
        assert {change.kind for change in found.records} <= {"corrected"}, table.name
        assert {change.cells for change in found.records} <= {(Cell("SUBJID", "01-011", "01-911"),)}
        assert len(found.records) == (old["SUBJID"] == "01-011").sum()
        tables += bool(found.records)
    assert tables >= 7
