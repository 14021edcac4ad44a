import pandas as pd
import pytest

from duonen_stats.raw.checks.spellings import (
    bare,
    respelt,
    shape,
    usual_shape,
)


@pytest.mark.parametrize("other", ["01 -004", "01-O04", "01\u2013004", "0l004", "01_004 "])
def test_what_looks_alike_is_one_identifier(other):
    assert bare(other) == bare("01-004") == "01004"


def test_respelt_is_what_is_not_known_but_nearly():
    identifiers = pd.Series(["01-004", "01 004", "01-005", None, "--"], index=[3, 4, 5, 6, 7], dtype=object)
    told = respelt(identifiers, ["01-004", "?"])
    assert told.to_dict() == {3: False, 4: True, 5: False, 6: False, 7: False}


def test_the_usual_shape_is_that_of_more_than_half():
    assert shape("Ab-0 1") == "Aa-9 9"
    assert usual_shape(["01-004", "01-005", "01 -006"]) == "99-999"
    assert usual_shape(["01-004", "1"]) is None
    assert usual_shape([]) is None
