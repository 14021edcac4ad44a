import pandas as pd
import pyreadstat
import pytest

from duonen_stats.raw.intake.readers.transport import members, special_missing, transport_of, version_of


def _data(tmp_path, version, rows=3):
    path = tmp_path / "t.xpt"
    frame = pd.DataFrame({"SUBJID": ["a"] * rows, "VALUE": [1.5] * rows})
    pyreadstat.write_xport(frame, path, file_format_version=version)
    return path.read_bytes()


@pytest.mark.parametrize("version", [5, 8])
@pytest.mark.parametrize("rows", [1, 3, 8, 9, 80])
def test_the_records_of_a_file(tmp_path, version, rows):
    data = _data(tmp_path, version, rows)
    found = transport_of(data)
    assert (found.version, version_of(data), members(data)) == (version, version, 1)
    assert [(one.is_number, one.position, one.length) for one in found.variables] == [
        (False, 0, 1),
        (True, 1, 8),
    ]
    assert (len(found.records), found.fault) == (rows, "")
    assert special_missing(found, 0) == special_missing(found, 1) == []


def test_what_is_wrong_is_said(tmp_path):
    data = _data(tmp_path, 5, 80)
    assert "no multiple of 80" in transport_of(data[:-1]).fault
    assert "within record" in transport_of(data[:-80]).fault
    counted = _data(tmp_path, 8, 80)
    assert transport_of(counted[:-720]).fault == "It says that it has 80 records, and has 0"
    with pytest.raises(ValueError, match="header"):
        transport_of(b"x" * 800)
