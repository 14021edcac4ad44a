"""define.xml: what the analysis datasets hold, in the manner of Define-XML 2.1.

A documented subset (docs/outputs.md): standards, datasets, variables with type, length, decimals, origin and rule, code
lists with the terms that CDISC has for them, and the values of AVAL by parameter. There are no annotated forms and no
external dictionaries. Valid against the schema of Define-XML 2.1.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from xml.etree import ElementTree as ET

import pandas as pd

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.metadata.derivations import provenance
from duonen_stats.datasets.metadata.variables import DATASETS, Variable, code_lists
from duonen_stats.document.markup import xml_text
from duonen_stats.formats.file_table import longest_bytes
from duonen_stats.study import Study

_ODM = "http://www.cdisc.org/ns/odm/v1.3"
_DEF = "http://www.cdisc.org/ns/def/v2.1"
_XLINK = "http://www.w3.org/1999/xlink"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

_CLASSES = {
    "ADSL": "SUBJECT LEVEL ANALYSIS DATASET",
    **dict.fromkeys(("ADAE", "ADCM", "ADDV"), "OCCURRENCE DATA STRUCTURE"),
}
_TYPES = {"text": "text", "flag": "text", "integer": "integer", "number": "float", "date": "date"}
_KEYS = {
    "ADSL": ("STUDYID", "USUBJID"),
    "ADEX": ("STUDYID", "USUBJID", "PARAMCD", "AVISIT"),
    "ADDOS": ("STUDYID", "USUBJID", "PARAMCD", "AVISIT"),
    "ADLB": ("STUDYID", "USUBJID", "PARAMCD", "ADT", "LBSEQ", "DTYPE"),
    "ADAE": ("STUDYID", "USUBJID", "AESEQ"),
    "ADRS": ("STUDYID", "USUBJID", "PARAMCD", "ADT"),
    "ADTTE": ("STUDYID", "USUBJID", "PARAMCD"),
    "ADVS": ("STUDYID", "USUBJID", "PARAMCD", "ADT", "AVISIT"),
    "ADCM": ("STUDYID", "USUBJID", "CMSEQ"),
    "ADDV": ("STUDYID", "USUBJID", "DVSEQ"),
}
_STANDARDS = (
    ("STD.IG", {"Name": "ADaMIG", "Type": "IG", "Version": "1.3"}),
    ("STD.ADAM", {"Name": "CDISC/NCI", "Type": "CT", "PublishingSet": "ADaM", "Version": "2024-03-29"}),
    ("STD.SDTM", {"Name": "CDISC/NCI", "Type": "CT", "PublishingSet": "SDTM", "Version": "2024-03-29"}),
)
"""Identifier and attributes of the standards that datasets and code lists refer to."""


@dataclass(frozen=True, slots=True)
class _Terms:
    """A code list of CDISC: its NCI code, and that of each term."""

    code: str
    terms: Mapping[str, str]
    standard: str = "STD.SDTM"


_YES_NO = _Terms("C66742", {"Y": "C49488", "N": "C49487"})
_DATE_IMPUTED = _Terms("C81223", {"D": "C81212", "M": "C81211", "Y": "C81210"}, "STD.ADAM")
_CONTROLLED = {
    "SEX": _Terms("C66731", {"M": "C20197", "F": "C16576"}),
    "AESER": _YES_NO,
    "EOTSTT": _Terms(
        "C124296", {"COMPLETED": "C25250", "DISCONTINUED": "C25484", "ONGOING": "C53279"}, "STD.ADAM"
    ),
    **dict.fromkeys(("ASTDTF", "AENDTF", "DTHDTF", "LSTALVDF"), _DATE_IMPUTED),
}
"""By variable. Flags have that of yes and no. Every other list of codes is the sponsor's own, and says so."""


@dataclass(frozen=True, slots=True)
class _Item:
    """A variable of a dataset with its values."""

    dataset: str
    variable: Variable
    values: pd.Series

    @property
    def oid(self) -> str:
        return f"IT.{self.dataset}.{self.variable.name}"


def define_xml(data: Datasets, study: Study, *, folder: str = "", ending: str = "csv", made: str) -> bytes:
    """Describe the analysis datasets of a cut.

    Parameters
    ----------
    data
        The datasets; lengths and the values by parameter are theirs.
    study
        Title and code lists.
    folder, ending
        Where the files of the datasets lie, seen from define.xml, and the ending of their names.
    made
        Date and time to be written as that of making, ISO.

    Returns
    -------
    bytes
        The document; the same input gives the same bytes.
    """
    root = _node(None, "ODM", FileType="Snapshot", FileOID=f"{study.study_id}.define", CreationDateTime=made)
    root.set("ODMVersion", "1.3.2")
    root.set(f"{{{_DEF}}}Context", "Other")
    trial = _node(root, "Study", OID=study.study_id)
    about = _node(trial, "GlobalVariables")
    simulated = data.stamp.simulated
    _node(about, "StudyName").text = f"{study.study_id} (SIMULATED)" if simulated else study.study_id
    _node(about, "StudyDescription").text = f"{study.title}. {data.cut_line}".strip()
    _node(about, "ProtocolName").text = study.registration
    version = _node(trial, "MetaDataVersion", OID="MDV.1", Name=f"{study.study_id} analysis datasets")
    version.set(f"{{{_DEF}}}DefineVersion", "2.1.0")
    _standards(version)
    items = [*_items(data)]
    lists = {name: code_lists(study, frame.columns, frame) for name, frame in data}
    _value_lists(version, data)
    for name, frame in data:
        _group(version, name, frame, f"{folder}{name.lower()}.{ending}")
    for item in items:
        _item(version, item, lists[item.dataset])
    _value_items(version, data)
    _code_lists(version, items, lists)
    for item in items:
        _method(version, item)
    ET.indent(root)
    text = xml_text(root, {"": _ODM, "def": _DEF, "xlink": _XLINK})
    return f"<?xml version='1.0' encoding='UTF-8'?>\n{text}\n".encode()


def _node(parent: ET.Element | None, name: str, **attributes: str) -> ET.Element:
    tag = f"{{{_DEF}}}{name[4:]}" if name.startswith("def:") else f"{{{_ODM}}}{name}"
    return ET.Element(tag, attributes) if parent is None else ET.SubElement(parent, tag, attributes)


def _standards(parent: ET.Element) -> None:
    named = _node(parent, "def:Standards")
    for oid, attributes in _STANDARDS:
        _node(named, "def:Standard", OID=oid, Status="Final", **attributes)


def _described(parent: ET.Element, text: str) -> None:
    node = _node(_node(parent, "Description"), "TranslatedText")
    node.set(_LANGUAGE, "en")
    node.text = text


def _items(data: Datasets) -> Iterator[_Item]:
    for name, frame in data:
        for variable in DATASETS[name].variables:
            if variable.name in frame.columns:
                yield _Item(name, variable, frame[variable.name])


def _group(parent: ET.Element, name: str, frame: pd.DataFrame, file: str) -> None:
    about = DATASETS[name]
    node = _node(
        parent, "ItemGroupDef", OID=f"IG.{name}", Name=name, Repeating="No" if name == "ADSL" else "Yes"
    )
    node.set("IsReferenceData", "No")
    node.set("SASDatasetName", name)
    node.set("Purpose", "Analysis")
    node.set(f"{{{_DEF}}}Structure", f"One record per {about.grain}")
    node.set(f"{{{_DEF}}}ArchiveLocationID", f"LF.{name}")
    node.set(f"{{{_DEF}}}StandardOID", "STD.IG")
    _described(node, about.label)
    for number, variable in enumerate(about.variables, 1):
        if variable.name not in frame.columns:
            continue
        full = "Yes" if frame[variable.name].notna().all() else "No"
        ref = _node(
            node, "ItemRef", ItemOID=f"IT.{name}.{variable.name}", OrderNumber=str(number), Mandatory=full
        )
        if variable.name in _KEYS.get(name, ()):
            ref.set("KeySequence", str(_KEYS[name].index(variable.name) + 1))
        if _is_derived(name, variable.name):
            ref.set("MethodOID", f"MT.{name}.{variable.name}")
    kind = _node(node, "def:Class")
    kind.set("Name", _CLASSES.get(name, "BASIC DATA STRUCTURE"))
    leaf = _node(node, "def:leaf", ID=f"LF.{name}")
    leaf.set(f"{{{_XLINK}}}href", file)
    _node(leaf, "def:title").text = file.rpartition("/")[2]


def _is_derived(dataset: str, variable: str) -> bool:
    found = provenance(dataset, variable)
    return found is not None and found.origin == "Derived"


def _item(parent: ET.Element, item: _Item, lists: Mapping[str, object]) -> None:
    node = _node(
        parent, "ItemDef", OID=item.oid, Name=item.variable.name, DataType=_TYPES[item.variable.kind]
    )
    node.set("SASFieldName", item.variable.name)
    if _is_text(item.variable):
        node.set("Length", str(max(1, longest_bytes(item.values))))
    elif item.variable.kind != "date":
        _sized(node, item.values)
    _described(node, item.variable.label)
    if item.variable.name in lists:
        _node(node, "CodeListRef", CodeListOID=_list_oid(item))
    if item.variable.name == "AVAL" and len(item.values):
        _node(node, "def:ValueListRef", ValueListOID=f"VL.{item.dataset}.AVAL")
    found = provenance(item.dataset, item.variable.name)
    if found is not None:
        origin = _node(node, "def:Origin", Type=found.origin, Source="Sponsor")
        if found.origin != "Derived":
            _described(origin, found.text)


def _sized(node: ET.Element, values: pd.Series) -> None:
    """Set the length of the longest number as it is written; of one that is not whole also the most decimals."""
    written = [Decimal(str(value)) for value in values.dropna().unique()]
    whole = max((max(1, value.adjusted() + 1) + (value < 0) for value in written), default=1)
    decimals = max((_decimals(value) for value in written), default=0)
    node.set("Length", str(whole + 1 + decimals if decimals else whole))
    if node.get("DataType") == "float":
        node.set("SignificantDigits", str(decimals))


def _decimals(value: Decimal) -> int:
    """Count the digits after the point, without zeros at the end."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _is_text(variable: Variable) -> bool:
    return variable.kind in {"text", "flag"}


def _list_oid(item: _Item) -> str:
    return f"CL.{item.dataset}.{item.variable.name}"


def _code_lists(
    parent: ET.Element, items: list[_Item], lists: Mapping[str, Mapping[str, Mapping[str | int, str]]]
) -> None:
    for item in items:
        codes = lists[item.dataset].get(item.variable.name)
        if codes is None:
            continue
        kind = "text" if _is_text(item.variable) else "integer"
        node = _node(parent, "CodeList", OID=_list_oid(item), Name=item.variable.label, DataType=kind)
        found = _controlled(item.variable, codes)
        if found is None:
            node.set(f"{{{_DEF}}}IsNonStandard", "Yes")
        else:
            node.set(f"{{{_DEF}}}StandardOID", found.standard)
        for code, label in codes.items():
            entry = _node(node, "CodeListItem", CodedValue=str(code))
            text = _node(_node(entry, "Decode"), "TranslatedText")
            text.set(_LANGUAGE, "en")
            text.text = label
            if found is not None:
                _node(entry, "Alias", Context="nci:ExtCodeID", Name=found.terms[str(code)])
        if found is not None:
            _node(node, "Alias", Context="nci:ExtCodeID", Name=found.code)


def _controlled(variable: Variable, codes: Mapping[str | int, str]) -> _Terms | None:
    """Return the code list of CDISC that a variable has; None unless every code is a term of it."""
    found = _YES_NO if variable.kind == "flag" else _CONTROLLED.get(variable.name)
    return found if found is not None and {*map(str, codes)} <= {*found.terms} else None


def _method(parent: ET.Element, item: _Item) -> None:
    found = provenance(item.dataset, item.variable.name)
    if found is not None and found.origin == "Derived":
        oid = f"MT.{item.dataset}.{item.variable.name}"
        node = _node(
            parent, "MethodDef", OID=oid, Name=f"{item.dataset}.{item.variable.name}", Type="Computation"
        )
        _described(node, found.text)


def _parameters(data: Datasets) -> Iterator[tuple[str, str, str, pd.DataFrame]]:
    """Dataset, parameter code and name, and the rows of it, of the datasets with values by parameter."""
    for name, frame in data:
        if {"PARAMCD", "PARAM", "AVAL"} <= {*frame.columns}:
            for code, rows in frame.groupby("PARAMCD", sort=True):
                yield name, str(code), str(rows["PARAM"].iloc[0]), rows


def _value_lists(parent: ET.Element, data: Datasets) -> None:
    nodes: dict[str, ET.Element] = {}
    clauses = []
    for name, code, _, _ in _parameters(data):
        if name not in nodes:
            nodes[name] = _node(parent, "def:ValueListDef", OID=f"VL.{name}.AVAL")
        ref = _node(nodes[name], "ItemRef", ItemOID=f"IT.{name}.AVAL.{code}", Mandatory="No")
        ref.set("OrderNumber", str(len(nodes[name])))
        _node(ref, "def:WhereClauseRef", WhereClauseOID=f"WC.{name}.{code}")
        clauses.append((name, code))
    for name, code in clauses:
        check = _node(
            _node(parent, "def:WhereClauseDef", OID=f"WC.{name}.{code}"), "RangeCheck", Comparator="EQ"
        )
        check.set("SoftHard", "Soft")
        check.set(f"{{{_DEF}}}ItemOID", f"IT.{name}.PARAMCD")
        _node(check, "CheckValue").text = code


def _value_items(parent: ET.Element, data: Datasets) -> None:
    for name, code, label, rows in _parameters(data):
        node = _node(parent, "ItemDef", OID=f"IT.{name}.AVAL.{code}", Name=code, DataType="float")
        _sized(node, rows["AVAL"])
        _described(node, label)
