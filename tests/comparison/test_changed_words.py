"""Words of the sections of two reports, in memory: which of them changed without a number."""

from comparison.small_output import output
from comparison.test_changed_displays import OLD, compared

from duonen_stats.comparison.changed_words import section_sentences, section_words, shortened
from duonen_stats.comparison.compare_outputs import compare_outputs
from duonen_stats.comparison.comparison_document import comparison_document, sentences
from duonen_stats.comparison.comparison_text import comparison_text
from duonen_stats.displays.model.content import Number
from duonen_stats.document.content_model import Document, Listing, Paragraph, Section
from duonen_stats.document.stored import document_json
from duonen_stats.results import Results


def _pages(words, **more):
    """Write the pages of a report with a summary: a sentence with a number, and a list of decisions."""
    said = Paragraph((words, Number(id="a", text="1.2"), " g"))
    listed = Listing(key="plan", title="Plan", columns=("Member", "Value"), rows=(("alpha", "0.05"),))
    return document_json(
        Document(
            title="Report", subtitle="", simulated=True, banner="", meta=(), results=Results(()), cut_line="",
            sections=(Section(key="summary", title="Summary", blocks=(said, listed)),), running_title="",
            looked_up=False, **more,
        )
    ).decode()  # fmt: skip


def test_words_of_a_section_may_change_without_a_number():
    was = {"document.json": _pages("On 2024-03-31 the mean was ")}
    same = {"document.json": _pages("On 2024-09-30 the mean was ")}
    other = {"document.json": _pages("On 2024-09-30 the median was ")}
    polish = {"document.json": _pages("mediana ", language="pl")}
    assert compared(OLD, OLD, files=(was, same), date="2024-09-30") == {}
    found = compared(OLD, OLD, files=(was, other), date="2024-09-30")
    assert {key: item.what() for key, item in found.items()} == {"section:summary": "its words"}
    both = compared(OLD, OLD.replace("a,1.2", "a,1.3"), {"a"}, files=(was, other), date="2024-09-30")
    assert both["section:summary"].what() == "1 of 1 statistics in either, 1 as shown, its words"
    for unread in ({}, polish, {"document.json": "{}"}):
        assert compared(OLD, OLD, files=(was, unread)) == {}


def test_words_are_those_of_text_and_listings_without_numbers_and_the_date_of_the_cut():
    pages = {"document.json": _pages("On 2024-03-31 the mean was ")}
    words, _ = section_words(output(pages), output(pages))
    assert words["section:summary"].splitlines() == [
        "On  the mean was \0 g",
        "Plan",
        "Member",
        "Value",
        "alpha",
        "0.05",
    ]
    assert section_words(output(pages), output({})) == ({}, {})


def test_the_sentences_that_changed_are_given_before_and_now():
    was = {"document.json": _pages("First comes this. On 2024-03-31 the mean was ")}
    now = {"document.json": _pages("First comes this. On 2024-09-30 the median was ")}
    found = compared(OLD, OLD, files=(was, now), date="2024-09-30")
    pair = ("On  the mean was [number] g", "On  the median was [number] g")
    assert found["section:summary"].sentences == (pair,)
    assert compared(OLD, OLD, files=(was, was)) == {}


def test_a_listing_which_may_name_patients_gives_no_sentence():
    was = _pages("The mean was ")
    now = was.replace("alpha", "DUONEN-01-002")
    assert section_sentences(output({"document.json": was}), output({"document.json": now})) == {}


def test_long_sentences_are_cut_to_what_differs():
    before, now = (f"{'x' * 200} {word} {'y' * 200}" for word in ("mean", "median"))
    cut = shortened(before, now)
    assert [len(text) for text in cut] == [162, 162]
    assert all(text.startswith("…x") and text.endswith("y…") for text in cut)
    assert "median" in cut[1]
    assert shortened("", "short") == ("", "short")


def test_terminal_and_report_show_the_sentences_and_no_patient(study):
    was, now = (_pages(f"The worst was that of DUONEN-01-002, {word} ") for word in ("early", "late"))
    old, new = (output({"displays.csv": OLD, "document.json": pages}) for pages in (was, now))
    found = compare_outputs(old, new)
    text = comparison_text(found)
    assert "    - The worst was that of (patient not named here), early [number] g" in text
    assert "    + The worst was that of (patient not named here), late [number] g" in text
    (listing,) = sentences(found)
    assert [row[1:] for row in listing.rows] == [
        tuple(f"The worst was that of DUONEN-01-002, {word} [number] g" for word in ("early", "late"))
    ]
    assert sentences(compare_outputs(old, old)) == ()
    assert comparison_document(found, study, "1.0").sections[1].blocks[1] == listing
