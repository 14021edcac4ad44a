import re
from pathlib import Path

from small_ledger import claim, counted, entry, ledger, row

from duonen_stats.publication import load_ledger
from duonen_stats.publication.checks.all_checks import CHECKS, derive_findings

SIZES = {"all": 40, "drug": 25, "sham": 15}


def test_every_check_is_in_the_catalogue():
    folder = Path(CHECKS[0].__code__.co_filename).parent
    texts = [path.read_text(encoding="utf-8") for path in folder.glob("*.py")]
    written = {name for text in texts for name in re.findall(r"^def (check_\w+)\(", text, re.MULTILINE)}
    assert {check.__name__ for check in CHECKS} == written


def test_the_checks_work_on_another_publication():
    """A made-up trial of a drug against a sham, with one fault of each kind and nothing else to find."""
    made_up = ledger(
        *row("patients", "N", {"all": 40, "drug": 25, "sham": 15}),
        *(e for arm, n, pct in (("all", 24, "60.0"), ("drug", 14, "56.0"), ("sham", 9, "60.0"))
          for e in counted("men", arm, n, SIZES[arm], pct)),
        *row("weight", "median", {"all": "81.5", "drug": "79.0", "sham": "80.2"}, SIZES),
        *row("weight", "max", {"all": "121.0", "drug": "119.5", "sham": "121.0"}, SIZES),
        entry("better", 10, row="b", arm="drug", stat="n", of=25, partition="change"),
        entry("worse", 16, row="w", arm="drug", stat="n", of=25, partition="change"),
        entry("rho", "-0.74", row="cor", arm="drug", stat="rho", n_of="patients"),
        entry("p", "0.037", row="cor", arm="drug", stat="p", n_of="patients"),
        claim("c", "nobody weighs more than 120 kg", {"row": "weight", "at_most": "limit"}),
        entry("limit", 120, kind="design", unit="kg", stat="limit"),
    )  # fmt: skip
    found = [(finding.check, finding.ids[0]) for finding in derive_findings(made_up)]
    assert found == [
        ("sum of the arms", "men.all.n"),
        ("categories add to the whole", "better"),
        ("pooled median", "weight.all.median"),
        ("n implied by a correlation", "rho"),
        ("claim against numbers", "c"),
    ]


def test_findings_on_the_publication_name_entries_that_are_there_and_prove_something():
    known = load_ledger()
    for finding in derive_findings(known):
        assert all(name in known for name in finding.ids)
        assert any(letter.isdigit() for letter in finding.proof)
        assert finding.proof.endswith(".")


def test_an_empty_ledger_has_nothing_to_find():
    assert derive_findings(ledger()) == ()
