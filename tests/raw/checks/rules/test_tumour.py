import pytest

TABLE = "tumour_assessments"


@pytest.fixture
def later(worked, on):
    """Add an assessment of P-1: day, sum of diameters, response. The baseline is 80 mm."""

    def add(day, size, response):
        cells = {"METHOD": "CT", "NEWLESION": "N"}
        worked.add(TABLE, SUBJID="P-1", ASSESSDT=on(day), SUMDIAM=size, RESPONSE=response, **cells)
        return len(worked.tables[TABLE]) + 1

    return add


def test_no_baseline(worked, on):
    worked.change(TABLE, {"SUBJID": "P-1"}, ASSESSDT=on(0))
    assert worked.places("TUM-NOBASELINE") == []
    worked.change(TABLE, {"SUBJID": "P-1"}, ASSESSDT=on(1))
    assert worked.places("TUM-NOBASELINE") == [("subjects", 2, "SUBJID", "P-1")]


def test_a_baseline_too_old(worked, on):
    worked.change(TABLE, {"SUBJID": "P-1"}, ASSESSDT=on(-28))
    assert worked.places("TUM-BASEWINDOW") == []
    worked.change(TABLE, {"SUBJID": "P-1"}, ASSESSDT=on(-29))
    assert worked.places("TUM-BASEWINDOW") == [(TABLE, 2, "ASSESSDT", "P-1")]


def test_a_baseline_without_a_sum(worked, later):
    worked.change(TABLE, {"SUBJID": "P-1"}, SUMDIAM="")
    assert worked.places("TUM-BASESIZE") == []  # not measured at all
    later(80, "70", "SD")
    assert worked.places("TUM-BASESIZE") == [(TABLE, 2, "SUMDIAM", "P-1")]
    later(-10, "80", "NE")
    assert worked.places("TUM-BASESIZE") == []


@pytest.mark.parametrize(
    ("responses", "found"),
    [
        (("CR", "SD"), {1}),
        (("CR", "PR"), {1}),
        (("CR", "NE", "SD", "PR"), {2, 3}),
        (("CR", "CR", "SD"), {2}),
        (("CR", "PD"), set()),
        (("CR", "PD", "SD"), set()),  # TUM-AFTERPD asks
        (("PR", "SD", "PR", "CR"), set()),
        (("CR", "NE", "CR"), set()),
    ],
)
def test_disease_after_a_complete_response(worked, later, responses, found):
    lines = [later(80 * number, "", response) for number, response in enumerate(responses, 1)]
    expected = [(TABLE, lines[place], "RESPONSE", "P-1") for place in sorted(found)]
    assert worked.places("TUM-AFTERCR") == expected


def test_dates_out_of_order(worked, later):
    later(160, "70", "SD")
    line = later(80, "70", "SD")
    assert worked.places("TUM-ORDER") == [(TABLE, line, "ASSESSDT", "P-1")]


def test_a_better_response_after_progression(worked, later):
    later(80, "120", "PD")
    line = later(160, "120", "SD")
    assert worked.places("TUM-AFTERPD") == [(TABLE, line, "RESPONSE", "P-1")]


def test_stable_disease_after_progression_at_the_baseline_is_no_contradiction(worked, later):
    worked.change(TABLE, {"SUBJID": "P-1"}, RESPONSE="PD")
    later(80, "80", "SD")
    assert worked.places("TUM-AFTERPD") == []


@pytest.mark.parametrize(("day", "found"), [(157, False), (158, True)])
def test_a_long_time_without_assessment(worked, later, day, found):
    line = later(day, "80", "SD")  # baseline on day -25
    assert worked.places("TUM-GAP") == [(TABLE, line, "ASSESSDT", "P-1")] * found


@pytest.mark.parametrize(
    ("size", "response", "found"),
    [
        ("96", "SD", True),  # 20 % and 16 mm more
        ("95", "SD", False),
        ("96", "PD", False),
        ("80", "PD", False),  # other lesions may have grown
        ("56", "SD", True),  # 30 % less
        ("56", "PR", False),
        ("57", "PR", True),
        ("80", "NE", False),
    ],
)
def test_response_and_sizes(worked, later, size, response, found):
    line = later(80, size, response)
    assert worked.places("TUM-RESPONSE") == [(TABLE, line, "RESPONSE", "P-1")] * found


def test_growth_counts_from_the_smallest_sum(worked, later):
    later(80, "50", "PR")
    line = later(160, "60", "PR")
    assert worked.places("TUM-RESPONSE") == [(TABLE, line, "RESPONSE", "P-1")]
    worked.tables[TABLE][-2].update(SUMDIAM="10")
    worked.tables[TABLE][-1].update(SUMDIAM="14")  # 40 % more, but under 5 mm
    assert worked.places("TUM-RESPONSE") == []
