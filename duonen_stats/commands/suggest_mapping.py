"""``duonen mapping suggest``: a mapping file to correct, written only where nothing is lost by it."""

from pathlib import Path

from duonen_stats.folder.output_place import require_file, require_writable
from duonen_stats.folder.write import write_file
from duonen_stats.raw.suggest.proposal import suggested_mapping
from duonen_stats.study import Study, load_study


def suggest_mapping(data: Path, out: Path, study: Study | None = None) -> str:
    """Propose a mapping file for a data cut, and write it.

    Parameters
    ----------
    data
        The folder of a data cut, or a workbook.
    out
        The file to write. One that is there already is not replaced, unless it is the same proposal: somebody may have
        corrected it.
    study
        The study whose tables are wanted; if omitted, the trial.

    Returns
    -------
    str
        What was written.

    Raises
    ------
    OptionError
        ``out`` cannot be written, or is there already.
    DataError
        There is no such folder or file.
    """
    require_writable(out)
    text = suggested_mapping(data, study or load_study())
    content = text.encode()
    require_file(out, "mapping file that nobody has changed", lambda there: there == content)
    write_file(out, content)
    return text
