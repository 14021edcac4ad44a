from datetime import date
from pathlib import Path

import pandas as pd
import pyreadstat

from duonen_stats.raw.intake.readers.spss import read_sav


def test_labels_user_missing_dates_and_polish_letters(tmp_path: Path):
    frame = pd.DataFrame(
        {
            "subjid": ["01", "02", "99"],
            "sex": [1.0, 2.0, 9.0],
            "kps": [90.0, 999.0, None],
            "site": ["Łódź", "b.d.", "Kraków"],
            "exdt": [date(2024, 2, 29), None, date(2024, 3, 1)],
        }
    )
    path = tmp_path / "subjects.sav"
    pyreadstat.write_sav(
        frame,
        str(path),
        variable_value_labels={"sex": {1.0: "M", 2.0: "F"}, "kps": {999.0: "nie badano"}},
        missing_ranges={"kps": [{"lo": 900, "hi": 999}], "site": ["b.d."]},
    )
    sheet = read_sav(path.read_bytes(), "subjects")
    assert [dict(cells) for _, cells in sheet.rows] == [
        {"SUBJID": "01", "SEX": "1", "KPS": "90", "SITE": "Łódź", "EXDT": "2024-02-29"},
        {"SUBJID": "02", "SEX": "2", "KPS": "", "SITE": "", "EXDT": ""},
        {"SUBJID": "99", "SEX": "9", "KPS": "", "SITE": "Kraków", "EXDT": "2024-03-01"},
    ]
    assert {(one.line, one.column, one.code, one.label) for one in sheet.missing} == {
        (2, "KPS", "999", "nie badano"),
        (2, "SITE", "b.d.", ""),
    }
    assert sheet.labels["SEX"] == {"1": "M", "2": "F"}
    assert sheet.form == {"format": "SPSS", "encoding": "UTF-8"}
