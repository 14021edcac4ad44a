from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from lxml import etree

from duonen_stats.datasets.metadata.variables import DATASETS
from duonen_stats.formats.define_xml import define_xml

ODM = "{http://www.cdisc.org/ns/odm/v1.3}"
DEF = "{http://www.cdisc.org/ns/def/v2.1}"


@pytest.fixture(scope="module")
def root(datasets, study):
    data = define_xml(datasets, study, ending="xpt", made="2025-06-30T00:00:00")
    assert data == define_xml(datasets, study, ending="xpt", made="2025-06-30T00:00:00")
    return ET.fromstring(data)  # noqa: S314 - our own


def test_each_dataset_with_its_variables_in_order(root):
    groups = {one.get("Name"): one for one in root.iter(f"{ODM}ItemGroupDef")}
    assert list(groups) == list(DATASETS)
    items = {one.get("OID"): one for one in root.iter(f"{ODM}ItemDef")}
    for name, group in groups.items():
        named = [items[ref.get("ItemOID")].get("Name") for ref in group.iter(f"{ODM}ItemRef")]
        assert named == [variable.name for variable in DATASETS[name].variables]
        assert group.find(f"{DEF}leaf").get("{http://www.w3.org/1999/xlink}href") == f"{name.lower()}.xpt"


def test_label_type_length_origin_and_rule(root):
    items = {one.get("OID"): one for one in root.iter(f"{ODM}ItemDef")}
    change = items["IT.ADLB.CHG"]
    assert change.get("DataType") == "float"
    assert change.find(f"{ODM}Description/{ODM}TranslatedText").text == "Change from Baseline"
    assert change.find(f"{DEF}Origin").get("Type") == "Derived"
    assert items["IT.ADSL.SUBJID"].get("Length") == "6"
    assert items["IT.ADSL.SEX"].find(f"{DEF}Origin").get("Type") == "Predecessor"
    assert items["IT.ADSL.RANDDT"].get("Length") is None


def _used(root, attribute):
    return {one.get(attribute) for one in root.iter() if one.get(attribute)}


@pytest.mark.parametrize(
    ("reference", "element"),
    [
        ("ItemOID", f"{ODM}ItemDef"),
        ("MethodOID", f"{ODM}MethodDef"),
        ("CodeListOID", f"{ODM}CodeList"),
        ("WhereClauseOID", f"{DEF}WhereClauseDef"),
        ("ValueListOID", f"{DEF}ValueListDef"),
        (f"{DEF}ItemOID", f"{ODM}ItemDef"),
    ],
)
def test_no_reference_dangles_and_nothing_is_defined_twice(root, reference, element):
    defined = [one.get("OID") for one in root.iter(element)]
    assert len(defined) == len(set(defined))
    assert _used(root, reference) <= set(defined)
    assert _used(root, reference)


def test_values_by_parameter_and_the_mark_of_simulated_data(root):
    clauses = [one.text for one in root.iter(f"{ODM}CheckValue")]
    assert {"HGB", "KIDTOT", "A177LU"} <= set(clauses)
    assert "SIMULATED" in root.find(f"{ODM}Study/{ODM}GlobalVariables/{ODM}StudyName").text
    assert root.find(f"{ODM}Study/{ODM}MetaDataVersion").get(f"{DEF}DefineVersion") == "2.1.0"


# What the schema of Define-XML 2.1 demands: attributes that have to be there, and children in their order.

REQUIRED = {
    f"{ODM}ODM": {"FileType", "FileOID", "CreationDateTime", "ODMVersion", f"{DEF}Context"},
    f"{ODM}MetaDataVersion": {"OID", "Name", f"{DEF}DefineVersion"},
    f"{DEF}Standard": {"OID", "Name", "Type", "Version", "Status"},
    f"{ODM}ItemGroupDef": {
        "OID",
        "Name",
        "Repeating",
        "Purpose",
        f"{DEF}Structure",
        f"{DEF}ArchiveLocationID",
    },
    f"{ODM}ItemRef": {"ItemOID", "Mandatory"},
    f"{ODM}ItemDef": {"OID", "Name", "DataType"},
    f"{ODM}CodeList": {"OID", "Name", "DataType"},
    f"{ODM}CodeListItem": {"CodedValue"},
    f"{ODM}Alias": {"Context", "Name"},
    f"{ODM}MethodDef": {"OID", "Name", "Type"},
    f"{ODM}RangeCheck": {"Comparator", "SoftHard", f"{DEF}ItemOID"},
    f"{DEF}Origin": {"Type"},
    f"{DEF}leaf": {"ID", "{http://www.w3.org/1999/xlink}href"},
    f"{DEF}Class": {"Name"},
}
IN_ORDER = {
    f"{ODM}MetaDataVersion": [
        f"{DEF}Standards", f"{DEF}ValueListDef", f"{DEF}WhereClauseDef", f"{ODM}ItemGroupDef", f"{ODM}ItemDef",
        f"{ODM}CodeList", f"{ODM}MethodDef",
    ],
    f"{ODM}ItemGroupDef": [f"{ODM}Description", f"{ODM}ItemRef", f"{DEF}Class", f"{DEF}leaf"],
    f"{ODM}ItemDef": [f"{ODM}Description", f"{ODM}CodeListRef", f"{DEF}Origin"],
    f"{ODM}CodeList": [f"{ODM}CodeListItem", f"{ODM}Alias"],
    f"{ODM}CodeListItem": [f"{ODM}Decode", f"{ODM}Alias"],
    f"{ODM}MethodDef": [f"{ODM}Description"],
}  # fmt: skip


def structure_faults(root):
    for node in root.iter():
        lacking = REQUIRED.get(node.tag, set()) - set(node.keys())
        if lacking:
            yield f"{node.tag} {node.get('OID')}: no {sorted(lacking)}"
        order = IN_ORDER.get(node.tag)
        if order is not None:
            named = [
                child.tag for child in node if child.tag != f"{DEF}ValueListRef"
            ]  # it may stand anywhere
            places = [order.index(tag) if tag in order else -1 for tag in named]
            if places != sorted(places) or -1 in places:
                yield f"{node.tag} {node.get('OID')}: children out of order"
        if node.tag == f"{ODM}ItemDef":
            kind, length, decimals = (node.get(name) for name in ("DataType", "Length", "SignificantDigits"))
            if (kind in {"text", "integer", "float"}) != (length is not None and int(length) > 0):
                yield f"{node.get('OID')}: length {length} of {kind}"
            if (kind == "float") != (decimals is not None):
                yield f"{node.get('OID')}: decimals {decimals} of {kind}"


def test_the_structure_is_that_of_the_schema(root):
    assert list(structure_faults(root)) == []


def test_what_the_schema_does_not_allow_is_found(datasets, study):
    spoilt = ET.fromstring(define_xml(datasets, study, made="2025-06-30T00:00:00"))  # noqa: S314 - our own
    version = spoilt.find(f"{ODM}Study/{ODM}MetaDataVersion")
    version.append(version.find(f"{DEF}Standards"))
    version.remove(version[0])
    del version.find(f"{ODM}ItemDef").attrib["Length"]
    del version.find(f"{ODM}CodeList").attrib["Name"]
    assert len(list(structure_faults(spoilt))) == 3


def test_numbers_are_as_long_as_they_are_written(root, datasets):
    items = {one.get("OID"): one for one in root.iter(f"{ODM}ItemDef")}
    bmi = items["IT.ADSL.BMIBL"]
    assert (bmi.get("Length"), bmi.get("SignificantDigits")) == ("4", "1")
    assert items["IT.ADSL.AGE"].get("Length") == "2"
    hgb = items["IT.ADLB.AVAL.HGB"]
    written = datasets.adlb.loc[datasets.adlb["PARAMCD"].eq("HGB"), "AVAL"].dropna().map(repr)
    decimals = written.str.partition(".")[2].str.rstrip("0").str.len().max()
    assert hgb.get("SignificantDigits") == str(decimals)


def test_code_lists_are_of_a_standard_or_say_that_they_are_not(root):
    standards = {one.get("OID") for one in root.iter(f"{DEF}Standard")}
    found = {}
    for one in root.iter(f"{ODM}CodeList"):
        own, standard = one.get(f"{DEF}IsNonStandard"), one.get(f"{DEF}StandardOID")
        assert (own == "Yes") != (standard in standards)
        assert len(one.findall(f"{ODM}Alias")) == (standard is not None)
        entries = one.findall(f"{ODM}CodeListItem")
        assert sum(len(entry.findall(f"{ODM}Alias")) for entry in entries) == (
            len(entries) if standard else 0
        )
        found[one.get("OID")] = (
            [entry.find(f"{ODM}Alias").get("Name") for entry in entries] if standard else None
        )
    assert found["CL.ADSL.SEX"] == ["C20197", "C16576"]
    assert found["CL.ADSL.METLIVFL"] == ["C49488", "C49487"]
    assert found["CL.ADSL.RACE"] is None
    assert found["CL.ADAE.AEOUT"] is None
    assert {one.get(f"{DEF}StandardOID") for one in root.iter(f"{ODM}ItemGroupDef")} == {"STD.IG"}


# The schema of CDISC.


@pytest.fixture(scope="module")
def schema():
    """Define-XML 2.1 with ODM 1.3.2 below it; odmlib ships both, and nothing of it is imported."""
    found = find_spec("odmlib")
    if found is None:
        pytest.skip("odmlib of requirements-dev.lock is not installed")
    (folder,) = found.submodule_search_locations
    return etree.XMLSchema(etree.parse(Path(folder) / "schemas" / "define" / "2.1" / "define2-1-0.xsd"))


@pytest.mark.parametrize("ending", ["xpt", "parquet"])
def test_the_file_is_valid_by_the_schema_of_define_xml(schema, datasets, study, ending):
    document = etree.fromstring(define_xml(datasets, study, ending=ending, made="2025-06-30T00:00:00"))
    schema.validate(document)
    assert [f"line {error.line}: {error.message}" for error in schema.error_log] == []
    document.find(f".//{ODM}ItemDef").attrib.pop("DataType")
    document.find(f".//{ODM}CodeListItem").set("Unheard", "of")
    assert not schema.validate(document)
    assert {"DataType", "Unheard"} <= {
        word.strip("'") for one in schema.error_log for word in one.message.split()
    }
