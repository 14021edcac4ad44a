import pytest

from duonen_stats.commands.suggest_mapping import suggest_mapping
from duonen_stats.errors import OptionError


def test_a_proposal_is_written_and_a_corrected_one_is_never_replaced(study, tmp_path):
    data = tmp_path / "cut"
    data.mkdir()
    (data / "list.csv").write_text("Patient,Sex,Randomisation date,Arm\n1,K,2024-01-01,A\n", encoding="utf-8")
    out = tmp_path / "mapping.yaml"
    text = suggest_mapping(data, out, study)
    assert out.read_text(encoding="utf-8") == text
    assert suggest_mapping(data, out, study) == text  # the same once more is no loss
    out.write_text(text + "# corrected\n", encoding="utf-8")
    with pytest.raises(OptionError, match="its content would be lost"):
        suggest_mapping(data, out, study)
    assert out.read_text(encoding="utf-8").endswith("# corrected\n")
