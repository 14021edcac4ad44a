from duonen_stats.displays.model.content import plain


def test_every_analyte_has_its_four_visits(shown):
    labels = [plain(row.cells[0]) for row in shown["table_s10"].content.rows]
    assert len(labels) == 10 * 5
    assert labels[:5] == ["Hemoglobin, g/dL", "V1", "V2", "V3", "V4"]


def test_paired_visits_are_as_published(cells):
    rows = cells("table_s11")
    assert rows["Hemoglobin"][:2] == ["0.0017", "0.013"]
    assert rows["Neutrophils"][:2] == ["0.0023", "0.17"]
    assert rows["Platelets"][2] == "0.016"
    assert 0.0005 <= float(rows["eGFR"][2]) < 0.0015  # printed 0.001
