"""What makes a record of a dataset the same record in another data cut."""

from collections.abc import Mapping
from types import MappingProxyType

Tiers = tuple[tuple[str, ...], ...]
"""Sets of columns, the strictest first: the key, then what still tells a record when part of its key was corrected."""

_OF_A_CYCLE = (("USUBJID", "PARAMCD", "AVISIT", "DTYPE"),)

RECORD_KEYS: Mapping[str, Tiers] = MappingProxyType(
    {
        "ADSL": (("USUBJID",),),
        "ADEX": _OF_A_CYCLE,
        "ADDOS": _OF_A_CYCLE,
        "ADLB": (
            ("USUBJID", "PARAMCD", "DTYPE", "AVISIT", "VISIT", "ADT"),
            ("USUBJID", "PARAMCD", "DTYPE", "AVISIT"),
            ("USUBJID", "PARAMCD", "DTYPE", "VISIT"),
        ),
        "ADAE": (("USUBJID", "AESEQ"),),
        "ADRS": (("USUBJID", "PARAMCD", "ADT"), ("USUBJID", "PARAMCD")),
        "ADTTE": (("USUBJID", "PARAMCD"),),
    }
)
"""By dataset. Several records may share a key of ADLB: repeated samples of one day."""

LINES = frozenset({"_ROW", "LBSEQ", "SRCSEQ"})
"""Columns that say on which line of a file a record stood: its place, not its content."""
