"""The intake record of one file or worksheet: what it was, how it was understood, what was converted."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from duonen_stats.raw.intake.sheet import Converted


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """The intake record of a file, or of a worksheet of one.

    Its name, the sha256 of its bytes, its lines with data and its columns; the raw ``table`` it is (empty for the
    mapping file; joined by commas if it feeds several); ``form``: how it was understood, such as format, encoding and
    separator; ``converted``: what was brought into the standard form, in how many cells. ``used`` counts the lines
    that have become records: one that makes ten of them is one.
    """

    name: str
    sha256: str
    rows: int
    columns: int
    table: str = ""
    form: Mapping[str, str] = field(default_factory=dict)
    converted: tuple[Converted, ...] = ()
    used: int = 0

    @property
    def shown(self) -> str:
        """Name for a listing, with the worksheet."""
        sheet = self.form.get("worksheet")
        return self.name if sheet is None else f"{self.name}, {sheet}"

    @property
    def described(self) -> str:
        """Form for a listing, such as ``"CSV, UTF-8, comma"``."""
        return ", ".join(value for key, value in self.form.items() if key != "worksheet")

    @property
    def conversions(self) -> str:
        """What was converted, for a listing, such as ``"decimal commas: VALUE 120"``."""
        kinds = dict.fromkeys(one.what for one in self.converted)
        parts = (
            f"{kind}: {', '.join(f'{one.column} {one.cells}' for one in self.converted if one.what == kind)}"
            for kind in kinds
        )
        return "; ".join(parts)
