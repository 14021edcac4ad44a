from duonen_stats.raw.intake.sheet import Converted
from duonen_stats.raw.source_file import SourceFile


def test_a_listing_names_the_worksheet_and_counts_what_was_converted():
    file = SourceFile(
        name="wyniki.xlsx",
        sha256="0",
        rows=3,
        columns=2,
        form={"format": "Excel workbook", "worksheet": "Arkusz1", "sign": "decimal comma"},
        converted=(
            Converted("decimal commas", "VALUE", 120),
            Converted("codes", "SEX", 3),
            Converted("decimal commas", "LLN", 4),
        ),
    )
    assert file.shown == "wyniki.xlsx, Arkusz1"
    assert file.described == "Excel workbook, decimal comma"
    assert file.conversions == "decimal commas: VALUE 120, LLN 4; codes: SEX 3"


def test_a_file_without_worksheets_is_named_alone():
    file = SourceFile(name="labs.csv", sha256="0", rows=0, columns=0, form={"format": "CSV"})
    assert (file.shown, file.described, file.conversions) == ("labs.csv", "CSV", "")
