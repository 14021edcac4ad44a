"""What is installed, what is missing, and how to get it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version

from duonen_stats.document.column_widths import font_folder
from duonen_stats.errors import DuonenError
from duonen_stats.folder.provenance import software_versions
from duonen_stats.raw.intake.readers.optional import INSTALL
from duonen_stats.study import load_study

_OTHER_FORMATS = ("openpyxl", "pyarrow", "pyreadstat")


@dataclass(frozen=True, slots=True)
class Examination:
    """Versions found, faults found, each fault with its cure; optional parts, or how to install them."""

    versions: Mapping[str, str]
    faults: tuple[str, ...]
    optional: Mapping[str, str] = field(default_factory=dict)

    @property
    def healthy(self) -> bool:
        """Whether everything needed is there."""
        return not self.faults

    def text(self) -> str:
        """Read as lines for a terminal."""
        lines = [f"{name:<16}{found}" for name, found in self.versions.items()]
        lines += [f"{name:<16}{found}" for name, found in self.optional.items()]
        lines += [f"FAULT: {fault}" for fault in self.faults] or ["Everything needed is installed."]
        return "\n".join(lines)


def examine() -> Examination:
    """Look at versions, the data dictionary and the fonts."""
    versions = software_versions()
    faults = [
        f"{name} is missing: pip install {name}" for name, found in versions.items() if found == "missing"
    ]
    try:
        load_study()
    except DuonenError as fault:
        faults.append(f"the data dictionary is faulty: {fault}")
    if not (font_folder() / "DejaVuSans.ttf").is_file():
        faults.append(
            "the fonts that come with matplotlib are missing: pip install --force-reinstall matplotlib"
        )
    return Examination(versions, tuple(faults), optional_versions())


def optional_versions() -> Mapping[str, str]:
    """Return the version of each library for other file formats; how to install it where it is missing."""
    found = {}
    for name in _OTHER_FORMATS:
        try:
            found[name] = f"{version(name)} (optional)"
        except PackageNotFoundError:
            found[name] = f"missing (optional): {INSTALL}"
    return found
