import yaml

from duonen_stats.raw.suggest.proposed_entry import ProposedEntry
from duonen_stats.raw.suggest.write_entry import comment, listed, written_entry


def test_an_entry_is_yaml_with_its_notes_as_comments():
    entry = ProposedEntry(
        source="a: b.csv",
        sheet="No",
        table="labs",
        fields={"block": "Wyniki #1", "codes": {"UNIT": {"mg%": "mg/dL"}}, "dates": {}, "fill_down": ["Nr"]},
        notes={("block", ""): "confirm", ("codes", "UNIT"): "a guess"},
        unknown={"VISIT": ["V9"]},
    )
    lines = [*written_entry(entry)]
    (read,) = yaml.safe_load("\n".join(lines))
    fields = {"block": "Wyniki #1", "fill_down": ["Nr"], "codes": {"UNIT": {"mg%": "mg/dL"}}}
    assert read == {"source": "a: b.csv", "sheet": "No", "table": "labs", **fields}
    assert [line.partition("  # ")[2] for line in lines[:-1] if "  # " in line] == ["confirm", "a guess"]
    assert lines[-1] == "    # values of VISIT not placed: V9; add them to codes"


def test_a_comment_is_one_line():
    assert comment("a\nb\u2028c\x00") == "# a b c"
    assert listed(["a\nb", "c"]) == "a b, c"
