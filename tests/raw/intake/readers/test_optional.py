import pytest

from duonen_stats.errors import MissingLibraryError
from duonen_stats.raw.intake.readers.optional import library


def test_a_library_that_is_there():
    assert library("json", "Nothing").dumps(1) == "1"


def test_a_library_that_is_missing_says_how_to_install_it():
    with pytest.raises(
        MissingLibraryError, match=r'Stone tablets need the library chisel: pip install "duonen-stats\[io\]"'
    ):
        library("chisel.deep", "Stone tablets")
