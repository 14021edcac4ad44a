"""Where the shipped files are: beside the package in a checkout, inside it once installed."""

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_REPOSITORY = _PACKAGE.parent


def _in_checkout() -> bool:
    return (_REPOSITORY / "pyproject.toml").is_file() and (_REPOSITORY / "data_dictionary.yaml").is_file()


def dictionary_path() -> Path:
    """Path of ``data_dictionary.yaml``."""
    return (_REPOSITORY if _in_checkout() else _PACKAGE) / "data_dictionary.yaml"


def templates_path() -> Path:
    """Folder with the report's templates."""
    return _REPOSITORY / "reports" / "templates" if _in_checkout() else _PACKAGE / "templates"


def cohort_path() -> Path:
    """Folder with the simulated data cut shipped with the package."""
    return _PACKAGE / "simulated" / "cohort"
