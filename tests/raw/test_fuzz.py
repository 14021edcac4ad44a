"""Whatever bytes arrive, reading and checking end in findings or in a clean error."""

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duonen_stats.errors import DuonenError
from duonen_stats.raw.checks.check import check_cut
from duonen_stats.raw.cut import read_cut
from duonen_stats.raw.intake.convert import typed_table
from duonen_stats.raw.intake.readers import READERS
from duonen_stats.raw.intake.reshape.header import FileDescription
from duonen_stats.raw.left_out import unread_records
from duonen_stats.study import load_study
from duonen_stats.study.load import _build
from duonen_stats.study.shipped_files import cohort_path, dictionary_path

pytestmark = pytest.mark.law

GOOD = (cohort_path() / "adverse_events.csv").read_bytes()
BYTES = st.one_of(
    st.binary(max_size=400),
    st.text(alphabet=st.sampled_from('",;\t\n\r\x00ż=A1.-T2 \ufeff'), max_size=200).map(str.encode),
)
MUTATIONS = st.lists(st.tuples(st.integers(0, len(GOOD)), st.integers(0, 40), BYTES), min_size=1, max_size=4)
LENIENT = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def mutated(content: bytes, mutations) -> bytes:
    """Replace pieces: each a place, a length, and what stands there instead."""
    for place, length, piece in mutations:
        content = content[:place] + piece + content[place + length :]
    return content


@LENIENT
@given(st.sampled_from(sorted(READERS)), st.one_of(BYTES, MUTATIONS.map(lambda edits: mutated(GOOD, edits))))
def test_any_bytes_become_findings_or_rows_and_every_line_is_counted(study, ending, content):
    table = study.table("adverse_events")
    sheet = READERS[ending](content, table.name, FileDescription())
    frame, _ = typed_table(sheet, table)
    assert sheet.lines == len(frame) + len(unread_records(sheet, table.name))


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MUTATIONS)
def test_a_cut_with_a_mutated_file_is_checked(worked, study, edits):
    worked.read()
    (worked.folder / "adverse_events.csv").write_bytes(mutated(GOOD, edits))
    found = check_cut(read_cut(study, worked.folder), study)
    assert not any("\x00" in one.message for one in found)


DICTIONARY = yaml.safe_load(dictionary_path().read_text(encoding="utf-8"))
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**12),
    st.floats(),
    st.sampled_from(["", "T1", "KIDNEY", "date", "<", "ULN"]),
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def spoilt_tree(node, path, value):
    """Put a value at a random place of nested lists and dictionaries; return the changed copy."""
    if not path or not isinstance(node, dict | list) or not node:
        return value
    keys = list(node) if isinstance(node, dict) else range(len(node))
    key = keys[path[0] % len(keys)]
    if isinstance(node, dict):
        return {name: spoilt_tree(one, path[1:], value) if name == key else one for name, one in node.items()}
    return [spoilt_tree(one, path[1:], value) if place == key else one for place, one in enumerate(node)]


@LENIENT
@given(st.lists(st.integers(0, 50), max_size=6), TREES)
def test_a_dictionary_with_anything_anywhere_is_read_or_refused(path, value):
    faults: list[str] = []
    study = _build(spoilt_tree(DICTIONARY, path, value), faults)
    assert study is not None or faults
    assert all(isinstance(fault, str) and fault for fault in faults)


@LENIENT
@given(
    st.one_of(
        st.binary(max_size=200), st.text(alphabet="{}[]&*!:- \n\t'\"%@|>abc", max_size=120).map(str.encode)
    )
)
def test_any_bytes_are_no_dictionary(tmp_path, content):
    path = tmp_path / "dictionary.yaml"
    path.write_bytes(content)
    with pytest.raises(DuonenError):
        load_study(path)
