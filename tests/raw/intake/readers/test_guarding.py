import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.raw.intake.readers import READERS, optional
from duonen_stats.raw.intake.sheet import Stated

BINARY = [".xlsx", ".sav", ".xpt", ".sas7bdat", ".parquet"]


@pytest.mark.parametrize("ending", BINARY)
@pytest.mark.parametrize("data", [b"", b"SUBJID,ARM\n1,A\n", b"PK\x03\x04", b"\0" * 500])
def test_what_is_not_of_the_format_is_a_finding(ending, data):
    sheet = READERS[ending](data, "labs", Stated())
    assert [one.rule for one in sheet.findings] == ["RD-UNREADABLE"] or sheet.findings[0].rule == "RD-EMPTY"
    assert sheet.rows == ()


@pytest.mark.parametrize("ending", BINARY)
def test_a_library_that_is_not_installed_is_a_finding_that_says_how_to_install_it(ending, monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(optional, "import_module", missing)
    (found,) = READERS[ending](b"x", "labs", Stated()).findings
    assert found.rule == "RD-LIBRARY"
    assert 'pip install "duonen-stats[io]"' in found.message


@pytest.mark.law
@settings(max_examples=60, deadline=None)
@given(st.sampled_from(BINARY), st.binary(max_size=200))
def test_any_bytes_give_a_sheet(ending, data):
    sheet = READERS[ending](data, "labs", Stated())
    assert sheet.findings or sheet.rows
