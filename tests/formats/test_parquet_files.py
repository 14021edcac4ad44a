from io import BytesIO

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from duonen_stats.formats.file_table import FileTable
from duonen_stats.formats.parquet_files import parquet_bytes


def test_types_missing_values_and_labels():
    frame = pd.DataFrame(
        {
            "A": pd.Series(["Łódź", None], dtype=object),
            "N": pd.array([1, None], dtype="Int64"),
            "D": pd.to_datetime(["2024-02-29", None]),
            "X": [0.1 + 0.2, float("nan")],
        }
    )
    table = FileTable(name="ADXX", label="A dataset", frame=frame, labels={"A": "Miasto"})
    data = parquet_bytes(table)
    assert data == parquet_bytes(table)
    found = parquet.read_table(BytesIO(data))
    assert [field.type for field in found.schema] == [pa.string(), pa.int64(), pa.date32(), pa.float64()]
    assert found.schema.field("A").metadata == {b"label": b"Miasto"}
    assert found.schema.metadata == {b"name": b"ADXX", b"label": b"A dataset"}
    assert found.to_pylist()[1] == {"A": None, "N": None, "D": None, "X": None}
    assert found.to_pylist()[0]["X"] == 0.1 + 0.2
