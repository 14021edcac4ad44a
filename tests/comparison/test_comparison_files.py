import csv
import io

from duonen_stats.comparison.comparison_files import comparison_csvs


def rows(content):
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_every_change_is_a_row(comparison):
    files = comparison_csvs(comparison)
    records = rows(files["records.csv"])
    # An open report does not hold the tumour assessments, so their edit is not among them.
    assert {row["table"] for row in records if row["source"] == "raw"} == {
        "subjects", "administrations", "dosimetry", "labs", "adverse_events",
    }  # fmt: skip
    changed = next(row for row in records if (row["table"], row["column"]) == ("subjects", "KPS"))
    assert (changed["record"], changed["old"], changed["new"]) == ("SUBJID 01-011", "80", "70")
    removed = next(row for row in records if (row["table"], row["change"]) == ("labs", "removed"))
    assert "VALUE 192.0" in removed["old"]
    assert removed["new"] == ""
    assert len(rows(files["statistics.csv"])) == len(comparison.statistics)
    assert len(rows(files["findings.csv"])) == len(comparison.findings)
    assert len(rows(files["context.csv"])) == len(comparison.context)


def test_statistics_keep_every_digit(comparison):
    listed = {row["analysis_id"]: row for row in rows(comparison_csvs(comparison)["statistics.csv"])}
    for item in comparison.statistics:
        row = listed[item.analysis_id]
        for name in ("old", "new", "difference"):
            value = getattr(item, name)
            assert row[name] == ("" if value is None else repr(value))


def test_each_touched_display_has_rows(comparison):
    listed = rows(comparison_csvs(comparison)["displays.csv"])
    assert {row["display"] for row in listed} == {item.key for item in comparison.displays}
    shown = [row for row in listed if row["display"] == "table_3" and row["old_shown"]]
    assert len(shown) == len(next(item for item in comparison.displays if item.key == "table_3").shown)
