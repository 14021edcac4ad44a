"""What reveals the arm of a patient: columns that a blinded report must not read, nor choose records by."""

from collections.abc import Iterator, Mapping, Sequence

from duonen_stats.errors import DataError
from duonen_stats.raw.intake.mapping import CutMapping, SourceMapping
from duonen_stats.raw.intake.reshape.header import column_name
from duonen_stats.raw.intake.reshape.names import STAR, is_name, name_pattern, plain
from duonen_stats.raw.suggest.recognise import column_of
from duonen_stats.study import Study

WITHHELD: Mapping[str, tuple[str, ...]] = {
    "subjects": ("ARM", "ACTARM"),
    "administrations": ("REASON",),
    "adverse_events": ("ACTION", "RELLU", "RELY90"),
    "disposition": ("DETAIL",),
    "protocol_deviations": ("CATEGORY", "TERM"),
}
"""Raw columns that reveal the arm, beside the activities.

An activity is reduced in the arms with dosimetry only, an event is judged related to 90Y only where that was given, and
what deviated in the treatment says which one it was.
"""

WITHHELD_TABLE = "dosimetry"
"""Who has dosimetry, and how much of it, reveals the arm too."""


def withheld_columns(study: Study, table: str) -> frozenset[str]:
    """List the columns of a raw table that reveal the arm.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> sorted(withheld_columns(load_study(), "administrations"))
    ['LU177_MBQ', 'LU177_SET_MBQ', 'REASON', 'Y90_MBQ', 'Y90_SET_MBQ']
    """
    columns = study.table(table).columns
    if table == WITHHELD_TABLE:
        return frozenset(column.name for column in columns) - {"SUBJID"}
    activities = {f"{isotope.code}{kind}_MBQ" for isotope in study.isotopes for kind in ("", "_SET")}
    return frozenset({*WITHHELD.get(table, ()), *activities} & {column.name for column in columns})


def require_open_choice(mapping: CutMapping, study: Study) -> None:
    """Refuse a mapping file by which it depends on a withheld column whether a record is there.

    Parameters
    ----------
    mapping
        The mapping file.
    study
        Whose columns are withheld.

    Raises
    ------
    DataError
        Rows of a table that a blinded report reads are chosen by a column that becomes a withheld one, or is called
        like one; the message names it.
    """
    for entry in mapping.sources:
        if entry.table == WITHHELD_TABLE:
            continue
        for field, name in _choosing(entry, study):
            if _reveals_arm(name, entry, mapping, study):
                raise DataError(
                    f"The mapping file chooses rows of {entry.table} by {name} ({field}), which reveals the arm: "
                    "whether a record is there would depend on it. A blinded run needs a mapping that chooses by "
                    "another column."
                )


def _choosing(entry: SourceMapping, study: Study) -> Iterator[tuple[str, str]]:
    """List the columns that decide on rows or cells, each with the field of the mapping file."""
    for field in ("rows", "left_out", "filled", "empty"):
        yield from ((field, name) for name in getattr(entry, field))
    own = withheld_columns(study, entry.table)
    for target, choice in entry.only.items():
        if target not in own:
            yield from (("only", name) for name in choice)
    yield from (("only_codes", name) for name in entry.only_codes if name in own)


def _reveals_arm(name: str, entry: SourceMapping, mapping: CutMapping, study: Study) -> bool:
    """Whether a column of a source becomes a withheld one in any table of the source, or has its name."""
    if name in withheld_columns(study, entry.table):
        return True
    for other in mapping.sources:
        same = (other.source, other.sheet) == (entry.source, entry.sheet)
        own = withheld_columns(study, other.table)
        if same and any(
            is_name(one, name) and own & {*targets, *_same_name(one, name, targets)}
            for one, targets in other.columns.items()
        ):
            return True
    meant = column_of(name, study.table("subjects"))
    return meant is not None and meant[1] and meant[0] in WITHHELD["subjects"]


def _same_name(pattern: str, name: str, targets: Sequence[str]) -> tuple[str, ...]:
    """Give the column that a name becomes by a pattern that means the columns of the table's names."""
    match = name_pattern(pattern).fullmatch(plain(name)) if STAR in targets else None
    return () if match is None else (column_name(match[1]),)
