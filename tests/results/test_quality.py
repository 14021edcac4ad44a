import pandas as pd

from duonen_stats.raw import Finding
from duonen_stats.results.quality import analyse_quality
from duonen_stats.results.rows.table import Results


def test_findings_and_records_are_counted():
    findings = [
        Finding(severity="warning", rule="R1", table="labs", message="odd"),
        Finding(severity="warning", rule="R1", table="labs", message="odd too"),
        Finding(severity="note", rule="R2", table="labs", message="by the way"),
    ]
    records = pd.DataFrame({"table": ["labs"], "read": [10], "used": [8], "set_aside": [2]})
    rows = Results(analyse_quality(findings, records))
    assert [rows.value(f"quality.findings.{name}.n") for name in ("error", "warning", "note")] == [0, 2, 1]
    assert [rows.value(f"quality.records.labs.{name}") for name in ("read", "used", "set_aside")] == [
        10,
        8,
        2,
    ]


def test_findings_of_a_centre_keep_their_id_when_others_come():
    """The centre stands in the id: a finding without a centre renames none, nor does a code of any letters."""
    records = pd.DataFrame({"table": ["labs"], "read": [1], "used": [1], "set_aside": [0]})

    def counted(*sites: str | None) -> dict[str, float | None]:
        found = [
            Finding(severity="note", rule="R", table="labs", message="m", site=site, subject=f"{site}-1")
            for site in sites
        ]
        return {
            row.analysis_id: row.stat
            for row in analyse_quality(found, records)
            if ".site." in row.analysis_id
        }

    first = counted("03", "Łódź 1.2")
    assert {name.rpartition(".")[0] for name in first} == {
        "quality.site.03",
        "quality.site.%C5%81%C3%B3d%C5%BA%201%2E2",
    }
    assert counted("03", None, "Łódź 1.2") == first
    assert {name: counted("01", "03", "03", "Łódź 1.2")[name] - stat for name, stat in first.items()} == {
        name: 1.0 if name == "quality.site.03.note" else 0.0 for name in first
    }


def test_findings_of_no_centre_have_an_id_of_their_own():
    records = pd.DataFrame({"table": ["labs"], "read": [1], "used": [1], "set_aside": [0]})
    found = Results(
        analyse_quality([Finding(severity="error", rule="R", table="labs", message="m")], records)
    )
    assert found.value("quality.no_site.error") == 1
    assert Results(analyse_quality([], records)).value("quality.no_site.error") == 0
    assert found.under("quality.site") == ()
