"""Data cuts in the layouts in which hospitals keep them, made of simulated patients: what their mappings must undo.

Each function takes raw tables of texts (the columns of the dictionary, empty where missing) and gives the files of a
folder by name, and the raw tables that are to be read from it. Tables that it does not touch are standard CSV files.
"""

# ruff: noqa: E501, PD010 - tables of names are clearer on long lines; a pivot that finds a key twice fails

from collections.abc import Callable, Mapping
from io import BytesIO
from xml.sax.saxutils import quoteattr

import openpyxl
import pandas as pd

Tables = dict[str, pd.DataFrame]
Shape = tuple[dict[str, bytes], Tables]

NAMES = {
    "HGB": "Hemoglobina", "PLAT": "Płytki krwi", "WBC": "Leukocyty", "NEUT": "Neutrofile abs.", "LYMPH": "Limfocyty abs.",
    "CREAT": "Kreatynina w surowicy", "EGFR": "GFR wg CKD-EPI", "ALT": "AlAT", "AST": "AspAT", "BILI": "Bilirubina całk.",
    "RETIC": "Retikulocyty", "BLAST": "Blasty",
}  # fmt: skip
UNITS = {
    "g/dL": "g/dl", "10^9/L": "G/l", "mg/dL": "mg/dl", "U/L": "U/l", "mL/min/1.73m2": "ml/min/1,73m2",
}  # fmt: skip


def sample(tables: Tables) -> pd.DataFrame:
    """One row per sample, analytes in columns."""
    labs = tables["labs"]
    key = ["SUBJID", "VISIT", "LBDT", "LABORATORY"]
    return labs.pivot(index=key, columns="ANALYTE", values="VALUE").fillna("").reset_index()


def signs(tables: Tables) -> pd.DataFrame:
    """One row per measurement of vital signs, what was measured in columns."""
    key = ["SUBJID", "VISIT", "VSDT"]
    return tables["vital_signs"].pivot(index=key, columns="TEST", values="VALUE").fillna("").reset_index()


def without_limits(tables: Tables) -> Tables:
    """The tables as a source without limits of normal gives them."""
    return {**tables, "labs": tables["labs"].assign(LLN="", ULN="")}


def csv(frame: pd.DataFrame, *, sep: str = ",", encoding: str = "utf-8") -> bytes:
    """Write a frame as a CSV file."""
    return frame.to_csv(index=False, sep=sep, lineterminator="\n").encode(encoding)


def workbook(
    sheets: Mapping[str, list[list[object]]], *, merged: Mapping[str, list[str]] | None = None
) -> bytes:
    """Write a workbook of rows of cells; numbers are stored as numbers."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append([_cell(value) for value in row])
        for area in (merged or {}).get(title, []):
            sheet.merge_cells(area)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    if len(value) == 10 and value[4:5] == value[7:8] == "-":
        return pd.Timestamp(value).to_pydatetime()
    try:
        return None if value == "" else float(value) if value[:1] != "0" or "." in value else value
    except ValueError:
        return value


def _rows(frame: pd.DataFrame) -> list[list[object]]:
    return [[*frame.columns], *frame.to_numpy().tolist()]


def _blank_down(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    return frame.assign(**{column: frame[column].where(frame[column] != frame[column].shift(), "")})


def _day_first(dates: pd.Series, form: str = "%d.%m.%Y") -> pd.Series:
    return dates.map(lambda text: pd.Timestamp(text).strftime(form) if text else "")


def _headed(frame: pd.DataFrame, tables: Tables, form: str) -> pd.DataFrame:
    units = tables["labs"].groupby("ANALYTE")["UNIT"].first().map(lambda unit: UNITS.get(unit, unit))
    return frame.rename(columns={code: form.format(NAMES[code], units[code]) for code in units.index})


# The seven layouts of docs/mappings.


def laboratory_long(tables: Tables) -> Shape:
    """A Polish laboratory system: one row per result, without visits, with flags and ranges in one column."""
    labs = tables["labs"]
    flags = [
        " H"
        if high and value and float(value) > float(high)
        else " L"
        if low and value and float(value) < float(low)
        else ""
        for value, low, high in zip(labs["VALUE"], labs["LLN"], labs["ULN"], strict=True)
    ]
    names = {
        **NAMES,
        "CREAT": "Kreatynina",
        "EGFR": "eGFR",
        "BILI": "Bilirubina całkowita",
        "NEUT": "Neutrofile",
        "LYMPH": "Limfocyty",
    }
    ranges = [
        f"{low}-{high}" if low and high else f"<{high}" if high else f">{low}" if low else ""
        for low, high in zip(labs["LLN"], labs["ULN"], strict=True)
    ]
    comma = str.maketrans(".", ",")
    source = pd.DataFrame(
        {
            "Nr pacjenta": labs["SUBJID"],
            "Nr zlecenia": "1",
            "Data pobrania": _day_first(labs["LBDT"]) + " 07:15",
            "Badanie": labs["ANALYTE"].map(names),
            "Wynik": [
                value.translate(comma) + flag for value, flag in zip(labs["VALUE"], flags, strict=True)
            ],
            "Jednostka": labs["UNIT"].map(lambda unit: UNITS.get(unit, unit)),
            "Zakres referencyjny": [one.translate(comma) for one in ranges],
            "Laboratorium": labs["LABORATORY"],
        }
    )
    share = source[source["Badanie"] == "Neutrofile"].assign(Jednostka="%", Wynik="45,1")
    return {"wyniki_badan.csv": csv(pd.concat([source, share]), sep=";", encoding="cp1250")}, tables


def laboratory_wide(tables: Tables) -> Shape:
    """One row per sample, units in the names of columns, and the reference ranges on a second worksheet."""
    names = {
        "NEUT": "NEUT#",
        "LYMPH": "LYMPH#",
        "PLAT": "PLT",
        "CREAT": "Kreatynina",
        "EGFR": "eGFR",
        "BILI": "Bilirubina całkowita",
    }
    units = tables["labs"].groupby("ANALYTE")["UNIT"].first()
    heads = {code: f"{names.get(code, code)} [{UNITS.get(unit, unit)}]" for code, unit in units.items()}
    visits = {"UNS": "nieplanowa"} | {
        f"{kind}{n}": f"{word} C{n}" for n in range(1, 5) for kind, word in (("T", "przed"), ("V", "po"))
    }
    visits |= {one: f"kontrola {one[1:]}" for one in tables["labs"]["VISIT"].unique() if one.startswith("F")}
    wide = sample(tables)
    wide = wide.assign(VISIT=wide["VISIT"].map(visits)).rename(
        columns={
            "SUBJID": "Nr pacjenta",
            "VISIT": "Wizyta",
            "LBDT": "Data pobrania",
            "LABORATORY": "Laboratorium",
            **heads,
        }
    )
    wide["MCV [fL]"], wide["NEUT% [%]"] = "90.5", "51"
    ranges = pd.DataFrame(
        [
            ["LAB-01", "HGB", sex, low, "17", "g/dl"]
            for sex, low in (("K", "12"), ("M", "13.5"), ("K/M", "11"))
        ],
        columns=["Laboratorium", "Badanie", "Płeć", "Dolna granica", "Górna granica", "Jednostka"],
    )
    read = pd.DataFrame(
        [["LAB-01", "HGB", sex, low, "17", "g/dL"] for sex, low in (("F", "12"), ("M", "13.5"), ("", "11"))],
        columns=["LABORATORY", "ANALYTE", "SEX", "LLN", "ULN", "UNIT"],
    )
    book = workbook({"Wyniki": _rows(wide), "Normy": _rows(ranges)})
    return {"wyniki_LIS.xlsx": book}, {**without_limits(tables), "reference_ranges": read}


def sheets_per_centre(tables: Tables) -> Shape:
    """A worksheet per centre: another order of columns and a title on some, the patient on the first row only."""
    subjects, sheets = tables["subjects"], {}
    words = {"Y": "tak", "N": "nie"}
    source = pd.DataFrame(
        {
            "Nr pacjenta": subjects["SUBJID"], "Data randomizacji": subjects["RANDDT"], "Ramię": subjects["ARM"],
            "Wiek": subjects["AGE"], "Płeć": subjects["SEX"].replace("F", "K"),
            "Rasa": subjects["RACE"].replace({"CAUCASIAN": "biała", "BLACK": "czarna", "ASIAN": "azjatycka"}),
            "BMI": subjects["BMI"],
            "Ognisko pierwotne": subjects["PRIMSITE"].replace(
                {"MIDGUT": "jelito środkowe", "PANCREAS": "trzustka", "STOMACH": "żołądek", "HINDGUT": "jelito końcowe",
                 "OTHER": "inne/nieznane"}
            ),
            "Stopień": subjects["GRADE"], "Ki-67 [%]": subjects["KI67"], "Wątroba": subjects["METLIV"].replace(words),
            "Węzły": subjects["METLN"].replace(words), "Kości": subjects["METBON"].replace(words),
            "Inne": subjects["METOTH"].replace(words), "Karnofsky": subjects["KPS"],
            "Miesiące od rozpoznania": subjects["DXDUR"],
        }
    )  # fmt: skip
    labs = _headed(sample(tables), tables, "{} ({})").rename(
        columns={
            "SUBJID": "Pacjent",
            "VISIT": "Wizyta",
            "LBDT": "Data pobrania",
            "LABORATORY": "Laboratorium",
        }
    )
    results = {"Notatki": [["Dane symulowane."]]}
    for place, site in enumerate(sorted({*subjects["SITEID"]})):
        own = source[subjects["SITEID"] == site]
        blood = _blank_down(labs[labs["Pacjent"].isin(own["Nr pacjenta"])], "Pacjent")
        if place % 2:
            own = own.assign(**{"Data randomizacji": _day_first(own["Data randomizacji"])})[own.columns[::-1]]
            blood = blood.assign(**{"Data pobrania": _day_first(blood["Data pobrania"])})
        title = [[f"Ośrodek {site} - dane symulowane"]] if place % 2 else []
        sheets[f"Ośrodek {site}"] = [*title, *_rows(own)]
        results[f"Ośrodek {site}"] = [*title, *_rows(blood)]
    limits = pd.DataFrame(
        [["LAB-01", "AlAT", "K/M", "", "41", "U/l"]],
        columns=["Laboratorium", "Badanie", "Płeć", "Dolna granica", "Górna granica", "Jednostka"],
    )
    results["Normy"] = _rows(limits)
    read = pd.DataFrame(
        [["LAB-01", "ALT", "", "41", "U/L"]], columns=["LABORATORY", "ANALYTE", "LLN", "ULN", "UNIT"]
    )
    files = {"pacjenci.xlsx": workbook(sheets), "wyniki_osrodki.xlsx": workbook(results)}
    return files, {**without_limits(tables), "reference_ranges": read}


def dosimetry(tables: Tables) -> Shape:
    """The workbook of the physicist: a row per cycle in GBq and mGy, totals between them."""
    given = tables["administrations"]
    doses = (
        tables["dosimetry"]
        .pivot(index=["SUBJID", "CYCLE"], columns=["ORGAN", "ISOTOPE"], values="DOSE_GY")
        .fillna("")
    )
    reasons = {
        "PLANNED": "zgodnie z planem", "DOSIMETRY_REDUCTION": "redukcja po dozymetrii",
        "DOSIMETRY_INCREASE": "zwiększenie po dozymetrii",
    }  # fmt: skip
    rows: list[list[object]] = []
    for subject, own in given.groupby("SUBJID", sort=False):
        for place, row in enumerate(own.to_dict("records")):
            dose = {
                key: str(doses.loc[(subject, row["CYCLE"]), key])
                if (subject, row["CYCLE"]) in doses.index
                else ""
                for key in doses.columns
            }
            cells: list[object] = [subject if not place else "", row["CYCLE"][1:], row["EXDT"]]
            for isotope in ("LU177", "Y90"):
                activity = row[f"{isotope}_MBQ"]
                ordered = row[f"{isotope}_SET_MBQ"]
                cells += [f"{float(one) / 1000:.6g}" if one else "" for one in (ordered, activity)]
                kidney, marrow = dose.get(("KIDNEY", isotope), ""), dose.get(("MARROW", isotope), "")
                cells += [kidney, f"{float(marrow) * 1000:.8g}" if marrow else ""]
            rows.append([*cells, reasons.get(row["REASON"], row["REASON"])])
        rows.append(["", "suma", *[""] * 9, ""])
    heads = ["Pacjent", "Cykl", "Data podania"]
    heads += [
        f"{name} {isotope} [{unit}]"
        for isotope in ("177Lu", "90Y")
        for name, unit in (
            ("A zlecona", "GBq"),
            ("A podana", "GBq"),
            ("D nerki śr.", "Gy"),
            ("D szpik", "mGy"),
        )
    ]
    book = workbook(
        {"Dozymetria": [[*heads, "Powód aktywności"], *rows], "Legenda": [["dane", "symulowane"]]}
    )
    return {"dozymetria.xlsx": book}, tables


def events_listing(tables: Tables) -> Shape:
    """A listing of adverse events with preferred terms for categories, and a sheet of vital status with one date."""
    events, follow = tables["adverse_events"], tables["follow_up"]
    severity = {"1": "mild", "2": "Moderate", "3": "severe", "4": "life-threatening", "5": "death"}
    related = {"Y": "possibly related", "N": "not related", "": ""}
    source = pd.DataFrame(
        {
            "Subject ID": events["SUBJID"], "AE no.": events["AESEQ"], "Reported term": events["TERM"],
            "Preferred term": events["PT"], "System organ class": events["SOC"], "Coded by": events["DICTVER"],
            "Severity": events["GRADE"].map(severity), "Severity at onset": events["GRADEINI"].map(severity),
            "Start date": _day_first(events["STARTDT"], "%d/%m/%Y"),
            "Stop date": _day_first(events["ENDDT"], "%d/%m/%Y").replace("", "ongoing"),
            "Relationship": events["RELATED"].map(related),
            "Relationship to 177Lu": events["RELLU"].map(related), "Relationship to 90Y": events["RELY90"].map(related),
            "Serious": events["SERIOUS"].map({"Y": "Yes", "N": "No"}),
            "Action taken": events["ACTION"].map(
                {"NONE": "DOSE NOT CHANGED", "REDUCED": "DOSE REDUCED", "DELAYED": "DRUG INTERRUPTED",
                 "DISCONTINUED": "DRUG WITHDRAWN"}
            ),
            "Outcome": events["OUTCOME"].map(
                {"RECOVERED": "RECOVERED/RESOLVED", "RECOVERING": "RECOVERING/RESOLVING",
                 "NOT_RECOVERED": "NOT RECOVERED/NOT RESOLVED", "FATAL": "FATAL", "UNKNOWN": "UNKNOWN"}
            ),
        }
    )  # fmt: skip
    status = pd.DataFrame(
        {
            "Subject ID": follow["SUBJID"],
            "Vital status": follow["STATUS"].map({"ALIVE": "alive", "DEAD": "dead", "LOST": "LTFU"}),
            "Last contact / death": _day_first(follow["LASTDT"]),
            "Next therapy": follow["NEWTRT"],
            "Next therapy from": _day_first(follow["NEWTRTDT"]),
            "Cause of death": follow["DTHCAUSE"].replace({"PROGRESSION": "disease progression"}),
            "Cause in words": follow["DTHTEXT"],
        }
    )
    files = {
        "AE_listing.xlsx": workbook({"AE listing": _rows(source)}),
        "survival_status.csv": csv(status, sep=";"),
    }
    dead = follow["STATUS"].eq("DEAD")
    return files, {**tables, "follow_up": follow.assign(DEATHDT=follow["LASTDT"].where(dead, ""))}


_TIMINGS = {
    "T": ("SE_CYCLE", "BEFORE"), "V": ("SE_CYCLE", "AFTER"), "U": ("SE_CYCLE", "UNSCHEDULED"), "F": ("SE_FOLLOWUP", "LATE"),
}  # fmt: skip
"""Event and timing by the letter of the visit."""
_NUMBERS = {"adverse_events": "AESEQ", "concomitant_therapies": "CMSEQ", "protocol_deviations": "DVSEQ"}
_GROUPS = (
    ("IG_AE", "adverse_events", {"AETERM": "TERM", "AEGROUP": "CATEGORY", "AETOXGR": "GRADE", "AESTDAT": "STARTDT", "AEENDAT": "ENDDT",
                                 "AEREL": "RELATED", "AESER": "SERIOUS", "AEACN": "ACTION", "AEOUT": "OUTCOME", "AEBODSYS": "SOC", "AEDECOD": "PT",
                                 "AEDICT": "DICTVER", "AERELLU": "RELLU", "AERELY": "RELY90", "AETOXGR1": "GRADEINI"}),
    ("IG_REC", "tumour_assessments", {"RSDAT": "ASSESSDT", "MODALITY": "METHOD", "SUMDIAM": "SUMDIAM", "NEWLES": "NEWLESION",
                                      "OVRLRESP": "RESPONSE"}),
    ("IG_EOT", "disposition", {"STATUS": "STATUS", "EOTDAT": "DSDT", "REASON": "REASON", "DETAIL": "DETAIL"}),
    ("IG_FU", "follow_up", {"LASTDAT": "LASTDT", "SURVSTAT": "STATUS", "DTHDAT": "DEATHDT", "NEWTRTDAT": "NEWTRTDT", "NEWTRT": "NEWTRT",
                            "DTHCAUS": "DTHCAUSE", "DTHSPEC": "DTHTEXT"}),
    ("IG_CM", "concomitant_therapies", {"CMTRT": "TERM", "CMCLAS": "CLASS", "CMTUM": "ANTITUMOUR", "CMLINE": "LINE", "CMSTDAT": "STARTDT",
                                        "CMENDAT": "ENDDT"}),
    ("IG_DV", "protocol_deviations", {"DVSTDAT": "DVDT", "DVCAT": "CATEGORY", "DVTERM": "TERM", "DVIMP": "IMPORTANT", "DVPPEX": "EXCLUDEPP"}),
)  # fmt: skip


def odm(tables: Tables) -> Shape:
    """One CDISC ODM file of all tables, an item group each, with the units beside the items."""
    parts: list[str] = []

    def group(
        event: str,
        repeat: str,
        oid: str,
        number: int,
        items: Mapping[str, str],
        units: Mapping[str, str],
    ) -> str:
        cells = "".join(
            f"<ItemData ItemOID={quoteattr(name)} Value={quoteattr(value)}>"
            + (f"<MeasurementUnitRef MeasurementUnitOID={quoteattr(units[name])}/>" if name in units else "")
            + "</ItemData>"
            for name, value in items.items()
            if value
        )
        return (
            f'<StudyEventData StudyEventOID="{event}" StudyEventRepeatKey="{repeat}"><FormData FormOID="F">'
            f'<ItemGroupData ItemGroupOID="{oid}" ItemGroupRepeatKey="{number}">{cells}</ItemGroupData></FormData></StudyEventData>'
        )

    wide, measured = sample(tables), signs(tables)
    analytes = tables["labs"].groupby("ANALYTE")["UNIT"].first().to_dict()
    tests = tables["vital_signs"].groupby("TEST")["UNIT"].first().to_dict()
    units = analytes | tests
    codes = {"PLAT": "PLT"}
    for site, own in tables["subjects"].groupby("SITEID"):
        parts.append(f'<ClinicalData StudyOID="S_DUONEN_{site}" MetaDataVersionOID="v1">')
        for row in own.to_dict("records"):
            subject = row["SUBJID"]
            inner = [
                group(
                    "SE_BASELINE",
                    "1",
                    "IG_DEMO",
                    1,
                    {k: v for k, v in row.items() if k not in {"SUBJID", "SITEID"}},
                    {},
                )
            ]
            given = tables["administrations"]
            for one in given[given["SUBJID"] == subject].to_dict("records"):
                items = {
                    "INFDTM": one["EXDT"] + "T12:05:00+02:00",
                    "ACT_LU": one["LU177_MBQ"],
                    "ACT_Y": one["Y90_MBQ"],
                    "SET_LU": one["LU177_SET_MBQ"],
                    "SET_Y": one["Y90_SET_MBQ"],
                    "REASON": one["REASON"],
                }
                inner.append(group("SE_CYCLE", one["CYCLE"][1:], "IG_ADMIN", 1, items, {}))
            for oid, rows, date, names in (
                ("IG_LAB", wide, "LBDT", analytes),
                ("IG_VS", measured, "VSDT", tests),
            ):
                for number, one in enumerate(rows[rows["SUBJID"] == subject].to_dict("records"), 1):
                    event, timing = _TIMINGS[one["VISIT"][0]]
                    repeat = one["VISIT"][1:] if timing != "UNSCHEDULED" else str(number)
                    items = {"SAMPDT" if oid == "IG_LAB" else "VSDAT": one[date], "TIMING": timing}
                    items |= {"LABNAME": one["LABORATORY"]} if oid == "IG_LAB" else {}
                    items |= {codes.get(code, code): one[code] for code in names}
                    own_units = {codes.get(code, code): f"MU_{code}" for code in names}
                    inner.append(group(event, repeat, oid, number, items, own_units))
            doses = tables["dosimetry"][tables["dosimetry"]["SUBJID"] == subject]
            for (cycle, isotope), both in doses.groupby(["CYCLE", "ISOTOPE"]):
                items = {
                    "NUCLIDE": {"LU177": "177Lu", "Y90": "90Y"}[isotope],
                    **both.set_index("ORGAN")["DOSE_GY"].to_dict(),
                }
                inner.append(group("SE_CYCLE", cycle[1:], "IG_DOSIM", 1 + (isotope == "Y90"), items, {}))
            for oid, table, names in _GROUPS:
                own_rows = tables[table][tables[table]["SUBJID"] == subject].to_dict("records")
                for number, one in enumerate(own_rows, 1):
                    key = int(one[_NUMBERS[table]]) if table in _NUMBERS else number
                    inner.append(
                        group(
                            f"SE_{oid}",
                            str(number),
                            oid,
                            key,
                            {name: one[column] for name, column in names.items()},
                            {},
                        )
                    )
            parts.append(
                f'<SubjectData SubjectKey="SS_{subject}" OpenClinica:StudySubjectID="{subject}">{"".join(inner)}</SubjectData>'
            )
        parts.append("</ClinicalData>")
    measures = "".join(
        f'<MeasurementUnit OID="MU_{code}" Name={quoteattr(unit)}><Symbol><TranslatedText>{unit}</TranslatedText></Symbol></MeasurementUnit>'
        for code, unit in units.items()
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" '
        'xmlns:OpenClinica="urn:openclinica:odm_ext_v130" ODMVersion="1.3.2" FileType="Snapshot" '
        'FileOID="F" CreationDateTime="2025-01-01T00:00:00+00:00"><Study OID="S_DUONEN"><GlobalVariables>'
        "<StudyName>D</StudyName><StudyDescription>S</StudyDescription><ProtocolName>D</ProtocolName></GlobalVariables>"
        f"<BasicDefinitions>{measures}</BasicDefinitions></Study>{''.join(parts)}</ODM>"
    )
    return {"odm.xml": text.encode()}, without_limits(tables)


SHIPPED: Mapping[str, tuple[Callable[[Tables], Shape], tuple[str, ...]]] = {
    "laboratory_long": (laboratory_long, ("labs",)),
    "laboratory_wide": (laboratory_wide, ("labs", "reference_ranges")),
    "sheets_per_centre": (sheets_per_centre, ("subjects", "labs", "reference_ranges")),
    "dosimetry": (dosimetry, ("administrations", "dosimetry")),
    "events_listing": (events_listing, ("adverse_events", "follow_up")),
    "odm": (
        odm,
        (
            "subjects",
            "administrations",
            "dosimetry",
            "labs",
            "vital_signs",
            *(table for _, table, _ in _GROUPS),
        ),
    ),
}
"""Layouts whose mapping is a file of docs/mappings, with the tables that they hold."""
