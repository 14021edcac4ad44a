"""The design report as a document."""

from dataclasses import replace

from small_design import small_findings

from duonen_stats.design_report.design_document import design_document
from duonen_stats.design_report.planning_results import design_results
from duonen_stats.design_report.planning_tables import design_displays
from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.document.content_model import Bullets, Paragraph
from duonen_stats.study import load_study


def document_of(found):
    results = design_results(found)
    return design_document(found, results, design_displays(found, Lookup(results)), load_study(), "1.2.3")


def words(document):
    blocks = [block for section in document.sections for block in section.blocks]
    lines = [b.line for b in blocks if isinstance(b, Paragraph)]
    lines += [item for b in blocks if isinstance(b, Bullets) for item in b.items]
    return " ".join(plain(line) for line in lines)


def test_it_says_what_is_assumed_needed_and_found():
    document = document_of(small_findings())
    said = words(document)
    assert "a hazard of 0.0235 per month" in said
    assert "117 events and 167 patients give 90% power" in said
    assert "range from 88 to 127 events" in said
    assert "is not reproduced: no method gives all of its figures" in said
    assert not document.simulated
    assert [section.title for section in document.sections] == [
        "Summary",
        "Assumptions",
        "Methods compared",
        "Published numbers",
        "Events over time",
        "Size of the log-rank test",
        "Interim analyses",
        "Precision of toxicity rates",
    ]


def test_another_plan_does_not_speak_of_the_publication():
    document = document_of(replace(small_findings(), published_size=(), published_power=()))
    assert "published" not in words(document).lower()
    assert dict(document.meta)["Assumptions"] == "as given"
