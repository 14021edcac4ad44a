"""The folder that ``duonen compare --out`` writes: HTML, PDF, CSV and a manifest."""

import json
from datetime import UTC, datetime
from pathlib import Path

from duonen_stats.commands.doctor import software_versions
from duonen_stats.comparison.compare_outputs import Comparison
from duonen_stats.comparison.comparison_document import comparison_document
from duonen_stats.comparison.comparison_files import comparison_csvs
from duonen_stats.document.html import render_html
from duonen_stats.document.pdf import render_pdf
from duonen_stats.folder.provenance import COMPARISON, MANIFEST, listed
from duonen_stats.folder.write import write_outputs
from duonen_stats.study import load_study

# The same two outputs give the same bytes: the files bear no date of their own.
_TIMELESS = datetime(2000, 1, 1, tzinfo=UTC)


def write_comparison(found: Comparison, out: Path) -> None:
    """Write a comparison as a folder, whole or not at all.

    Raises ``DuonenError`` if ``out`` is a folder that holds something other than an earlier comparison.
    """
    versions = software_versions()
    document = comparison_document(found, load_study(), versions["duonen-stats"])
    files = {
        "compare.html": render_html(document, {}).encode(),
        "compare.pdf": render_pdf(document, {}, _TIMELESS),
        **comparison_csvs(found),
    }
    content = {
        "made_by": "duonen_stats",
        "kind": COMPARISON,
        "simulated": found.simulated,
        "compared": [
            {"side": side, "data_cut": output.manifest.get("data_cut")}
            for side, output in (("old", found.old), ("new", found.new))
        ],
        "outputs": listed(files),
        "software": dict(versions),
    }
    files[MANIFEST] = (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
    write_outputs(out, files)
