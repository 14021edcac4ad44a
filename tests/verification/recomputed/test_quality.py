import pandas as pd
from verification.made_folder import folder, values

from duonen_stats.verification.recomputed.quality import recompute_quality


def test_lists_are_counted():
    findings = pd.DataFrame(
        {
            "severity": ["warning", "note", "note"],
            "rule": ["LAB-JUMP", "PAT-MANY", "PAT-MANY"],
            "site": ["01", None, "01"],
            "subject": ["01-001", None, "01-001"],
        }
    )
    aside = pd.DataFrame({"table": ["labs", "labs"]})
    audit = pd.DataFrame({"kind": ["result", "claim", "result"]})
    made = folder(
        labs=[{"SUBJID": "1"}] * 5, lists={"findings": findings, "set_aside": aside, "audit": audit}
    )
    found = values(recompute_quality, made)
    assert found["quality.findings.note.n"] == 2
    assert found["quality.rule.PAT-MANY.n"] == 2
    assert (found["quality.site.01.warning"], found["quality.site.01.patients"]) == (1, 1)
    assert (found["quality.no_site.note"], found["quality.no_site.patients"]) == (1, 0)
    assert (found["quality.records.labs.read"], found["quality.records.labs.used"]) == (5, 3)
    assert found["audit.result.n"] == 2


def test_what_is_not_there_is_not_counted():
    assert values(recompute_quality, folder()) == {}
