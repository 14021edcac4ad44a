"""Layouts that no file of docs/mappings is about, each with the mapping that reads it; and a whole REDCap project."""

# ruff: noqa: E501, PD010, PLW2901 - tables of names are clearer on long lines; a pivot that finds a key twice fails

from collections.abc import Callable, Mapping

import openpyxl.utils
import pandas as pd
from source_shapes import NAMES, UNITS, Shape, Tables, csv, sample, signs, without_limits, workbook

ANALYTES = """{Hemoglobina: HGB, Płytki krwi: PLAT, Leukocyty: WBC, Neutrofile abs.: NEUT, Limfocyty abs.: LYMPH,
        Kreatynina w surowicy: CREAT, GFR wg CKD-EPI: EGFR, AlAT: ALT, AspAT: AST, Bilirubina całk.: BILI,
        Retikulocyty: RETIC, Blasty: BLAST}"""


SIGNS = ("KPS", "WEIGHT", "SYSBP", "DIABP", "PULSE", "TEMP")


def _codes(names: list[str]) -> dict[str, str]:
    return {name: str(place) for place, name in enumerate(names, 1)}


def redcap(tables: Tables) -> Shape:
    """A longitudinal REDCap project in codes: one file for all tables, the patient's number on one event only."""
    subjects = tables["subjects"]
    record = {subject: str(place) for place, subject in enumerate(subjects["SUBJID"], 1)}
    rows: list[dict[str, str]] = []

    def add(
        table: str,
        event: Callable[[pd.Series], str],
        columns: Mapping[str, str],
        codes: Mapping[str, Mapping[str, str]],
        instrument: str = "",
        number: str = "",
    ) -> None:
        for place, row in enumerate(tables[table].to_dict("records"), 1):
            cells = {
                name: codes.get(column, {}).get(row[column], row[column]) for name, column in columns.items()
            }
            rows.append(
                {"record_id": record[row["SUBJID"]], "redcap_event_name": event(row), "redcap_repeat_instrument": instrument,
                 "redcap_repeat_instance": str(row.get(number, place)) if instrument else "", **cells}
            )  # fmt: skip

    yes = {"Y": "1", "N": "0"}
    add(
        "subjects", lambda _: "baseline_arm_1",
        {"subj_no": "SUBJID", "rand_date": "RANDDT", "rand_arm": "ARM", "age": "AGE", "sex": "SEX", "race": "RACE", "bmi": "BMI",
         "prim_site": "PRIMSITE", "grade": "GRADE", "ki67": "KI67", "mets___1": "METLIV", "mets___2": "METLN",
         "mets___3": "METBON", "mets___4": "METOTH", "kps": "KPS", "dx_months": "DXDUR"},
        {"ARM": _codes(["A", "B", "C", "D"]), "SEX": _codes(["M", "F"]), "RACE": _codes(["CAUCASIAN", "BLACK", "ASIAN"]),
         "PRIMSITE": _codes(["MIDGUT", "PANCREAS", "STOMACH", "HINDGUT", "OTHER"]), "GRADE": {"G1": "1", "G2": "2"},
         **dict.fromkeys(("METLIV", "METLN", "METBON", "METOTH"), yes)},
    )  # fmt: skip
    for row in rows:
        row["mets___unk"] = "0"
    add(
        "administrations", lambda row: f"cycle_{row['CYCLE'][1:]}_arm_1",
        {"adm_start": "EXDT", "lu_mbq": "LU177_MBQ", "y_mbq": "Y90_MBQ", "lu_set": "LU177_SET_MBQ", "y_set": "Y90_SET_MBQ", "adm_reason": "REASON"},
        {"REASON": _codes(["PLANNED", "DOSIMETRY_INCREASE", "DOSIMETRY_REDUCTION", "TOXICITY", "OTHER"])},
    )  # fmt: skip
    doses = tables["dosimetry"].assign(
        NAME="dos_" + tables["dosimetry"]["ORGAN"].map({"KIDNEY": "kid", "MARROW": "bm"})
        + "_" + tables["dosimetry"]["ISOTOPE"].map({"LU177": "lu", "Y90": "y"})
    ).pivot(index=["SUBJID", "CYCLE"], columns="NAME", values="DOSE_GY").fillna("")  # fmt: skip
    for (subject, cycle), cells in doses.iterrows():
        event = f"cycle_{cycle[1:]}_arm_1"
        own = next(
            row for row in rows if row["record_id"] == record[subject] and row["redcap_event_name"] == event
        )
        own.update(cells.to_dict())
    names = {"HGB": "hgb", "PLAT": "plt", "WBC": "wbc", "NEUT": "neut", "LYMPH": "lymph", "CREAT": "creat", "EGFR": "egfr",
             "ALT": "alt", "AST": "ast", "BILI": "bili", "RETIC": "retic", "BLAST": "blast"}  # fmt: skip
    when = {"T": "1", "V": "2", "U": "3", "F": "4"}

    def event_of(visit: str) -> str:
        kind = {"U": "unscheduled", "F": f"fu_{visit[1:]}"}.get(visit[0], f"cycle_{visit[1:]}")
        return f"{kind}_arm_1"

    labels = {"mg/dL": "1", "umol/L": "2"}
    units = tables["labs"].groupby("ANALYTE")["UNIT"].first()
    for place, row in enumerate(sample(tables).to_dict("records"), 1):
        rows.append(
            {"record_id": record[row["SUBJID"]], "redcap_event_name": event_of(row["VISIT"]),
             "redcap_repeat_instrument": "labs", "redcap_repeat_instance": str(place), "lb_when": when[row["VISIT"][0]],
             "lb_date": row["LBDT"], "lb_lab": row["LABORATORY"].removeprefix("LAB-0"),
             **{name: row[code] for code, name in names.items()},
             "creat_u": labels[units["CREAT"]], "bili_u": labels[units["BILI"]]}
        )  # fmt: skip
    for place, row in enumerate(signs(tables).to_dict("records"), 1):
        rows.append(
            {"record_id": record[row["SUBJID"]], "redcap_event_name": event_of(row["VISIT"]),
             "redcap_repeat_instrument": "vitals", "redcap_repeat_instance": str(place), "vs_date": row["VSDT"],
             "vs_when": when[row["VISIT"][0]], **{f"vs_{code.lower()}": row[code] for code in SIGNS}}
        )  # fmt: skip
    end = "follow_up_arm_1"
    add(
        "tumour_assessments", lambda _: end,
        {"tu_date": "ASSESSDT", "tu_method": "METHOD", "tu_sum": "SUMDIAM", "tu_new": "NEWLESION", "tu_resp": "RESPONSE"},
        {"METHOD": _codes(["CT", "MRI"]), "NEWLESION": yes, "RESPONSE": _codes(["CR", "PR", "SD", "PD", "NE"])}, "tumour",
    )  # fmt: skip
    add(
        "adverse_events", lambda _: end,
        {"ae_term": "TERM", "ae_cat": "CATEGORY", "ae_grade": "GRADE", "ae_start": "STARTDT", "ae_end": "ENDDT",
         "ae_rel": "RELATED", "ae_serious": "SERIOUS", "ae_action": "ACTION", "ae_outcome": "OUTCOME", "ae_soc": "SOC",
         "ae_pt": "PT", "ae_dict": "DICTVER", "ae_rel_lu": "RELLU", "ae_rel_y": "RELY90", "ae_grade_1st": "GRADEINI"},
        {"CATEGORY": _codes(["ANEMIA", "THROMBOCYTOPENIA", "LEUKOPENIA_NEUTROPENIA", "RENAL_IMPAIRMENT", "ALOPECIA", "FATIGUE",
                             "DIARRHEA", "NAUSEA", "ABDOMINAL_DISCOMFORT", "OTHER"]), "SERIOUS": yes, "RELLU": yes, "RELY90": yes,
         "ACTION": _codes(["NONE", "REDUCED", "DELAYED", "DISCONTINUED"]),
         "OUTCOME": _codes(["RECOVERED", "RECOVERING", "NOT_RECOVERED", "FATAL", "UNKNOWN"])}, "adverse_event", "AESEQ",
    )  # fmt: skip
    add(
        "disposition", lambda _: end,
        {"eot_status": "STATUS", "eot_date": "DSDT", "eot_reason": "REASON", "eot_detail": "DETAIL"},
        {"STATUS": _codes(["COMPLETED", "DISCONTINUED", "ONGOING"]),
         "REASON": _codes(["ADVERSE_EVENT", "STOPPING_RULE", "PROGRESSION", "DEATH", "WITHDRAWAL", "OTHER"])},
    )  # fmt: skip
    add(
        "follow_up", lambda _: end,
        {"fu_last": "LASTDT", "fu_status": "STATUS", "fu_death": "DEATHDT", "fu_new_date": "NEWTRTDT", "fu_new": "NEWTRT",
         "fu_cause": "DTHCAUSE", "fu_cause_text": "DTHTEXT"},
        {"STATUS": _codes(["ALIVE", "DEAD", "LOST"]),
         "DTHCAUSE": _codes(["PROGRESSION", "TOXICITY", "SECOND_NEOPLASM", "OTHER", "UNKNOWN"])},
    )  # fmt: skip
    add(
        "concomitant_therapies", lambda _: end,
        {"cm_term": "TERM", "cm_class": "CLASS", "cm_tumour": "ANTITUMOUR", "cm_line": "LINE", "cm_start": "STARTDT",
         "cm_end": "ENDDT"},
        {"CLASS": _codes(["SOMATOSTATIN_ANALOGUE", "CHEMOTHERAPY", "TARGETED", "PRRT", "RADIOTHERAPY", "SURGERY",
                          "GROWTH_FACTOR", "TRANSFUSION", "OTHER"]), "ANTITUMOUR": yes}, "therapy", "CMSEQ",
    )  # fmt: skip
    add(
        "protocol_deviations", lambda _: end,
        {"dv_date": "DVDT", "dv_cat": "CATEGORY", "dv_term": "TERM", "dv_important": "IMPORTANT", "dv_pp": "EXCLUDEPP"},
        {"CATEGORY": _codes(["ELIGIBILITY", "CONSENT", "TREATMENT", "DOSIMETRY", "SCHEDULE", "PROCEDURE",
                             "PROHIBITED_THERAPY", "OTHER"]), "IMPORTANT": yes, "EXCLUDEPP": yes}, "deviation", "DVSEQ",
    )  # fmt: skip
    frame = pd.DataFrame(rows).fillna("")
    ticked = {"Y": ("1", "0", "0", "0"), "N": ("0", "0", "1", "0"), "": ("0", "0", "0", "1")}
    for place, name in enumerate(("ae_rel___1", "ae_rel___2", "ae_rel___0", "ae_rel____99")):
        frame[name] = [
            ticked[value][place] if kind == "adverse_event" else ""
            for value, kind in zip(frame["ae_rel"], frame["redcap_repeat_instrument"], strict=True)
        ]
    return {"DUONEN_DATA_2025.csv": csv(frame.drop(columns="ae_rel"))}, without_limits(tables)


def visits_in_columns(tables: Tables) -> tuple[Shape, str]:
    """One row per patient and analyte, visits side by side, each with its date and its value."""
    labs = tables["labs"]
    labs = labs[labs["VISIT"] != "UNS"]
    wide = labs.pivot(
        index=["SUBJID", "ANALYTE", "UNIT", "LABORATORY"], columns="VISIT", values=["LBDT", "VALUE"]
    ).fillna("")
    wide.columns = [f"{'Data' if what == 'LBDT' else 'Wynik'} {visit}" for what, visit in wide.columns]
    source = wide.reset_index().rename(
        columns={"SUBJID": "Pacjent", "ANALYTE": "Badanie", "UNIT": "Jednostka", "LABORATORY": "Laboratorium"}
    )
    visits = sorted({*labs["VISIT"]})
    stack = ", ".join(f'"* {visit}": {visit}' for visit in visits)
    mapping = f"""
sources:
  - source: wyniki.csv
    table: labs
    stack: {{VISIT: {{{stack}}}}}
    columns: {{Pacjent: SUBJID, Badanie: ANALYTE, Jednostka: UNIT, Laboratorium: LABORATORY, Data: LBDT, Wynik: VALUE}}
"""
    return ({"wyniki.csv": csv(source)}, {**tables, "labs": labs.assign(LLN="", ULN="")}), mapping


def file_a_patient(tables: Tables) -> tuple[Shape, str]:
    """A folder per centre with one file per patient, whose number is in the name of the file only."""
    wide = sample(tables)
    files = {}
    for subject, own in wide.groupby("SUBJID"):
        heads = {
            code: f"{code} [{UNITS.get(unit, unit)}]"
            for code, unit in tables["labs"].groupby("ANALYTE")["UNIT"].first().items()
        }
        source = own.drop(columns=["SUBJID"]).rename(columns={"VISIT": "Visit", "LBDT": "Date", **heads})
        files[f"site {subject[:2]}/patient {subject} results.csv"] = csv(
            source.assign(Date=[pd.Timestamp(day).strftime("%d.%m.%Y") for day in source["Date"]]), sep=";"
        )
    analytes = ", ".join(f"{code}: {code}" for code in NAMES)
    mapping = f"""
sources:
  - source: site */patient * results.csv
    file_name: site */patient {{SUBJID}} results
    table: labs
    dates: {{LBDT: DMY}}
    columns: {{Visit: VISIT, Date: LBDT, LABORATORY: LABORATORY}}
    long: {{value: VALUE, names: ANALYTE, columns: {{{analytes}}}}}
"""
    return (files, without_limits(tables)), mapping


def sheet_a_visit(tables: Tables) -> tuple[Shape, str]:
    """A workbook with a worksheet per visit, the units on a line of their own below the names."""
    wide = sample(tables)
    units = tables["labs"].groupby("ANALYTE")["UNIT"].first()
    sheets = {}
    for visit, own in wide.groupby("VISIT"):
        own = own.drop(columns="VISIT").rename(columns={"SUBJID": "Pacjent", "LBDT": "Data", **NAMES})
        line = ["", "", "", *(UNITS.get(units[code], units[code]) for code in wide.columns[4:])]
        sheets[f"Wizyta {visit}"] = [[*own.columns], line, *own.to_numpy().tolist()]
    mapping = f"""
sources:
  - source: wizyty.xlsx
    sheet: Wizyta *
    sheet_name: "Wizyta {{VISIT}}"
    header: 1
    units_line: 2
    table: labs
    columns: {{Pacjent: SUBJID, Data: LBDT}}
    long:
      value: VALUE
      names: ANALYTE
      columns: {ANALYTES}
"""
    return ({"wizyty.xlsx": workbook(sheets)}, without_limits(tables)), mapping


def two_header_rows(tables: Tables) -> tuple[Shape, str]:
    """Names of groups above the names of columns, in merged cells; one group per cycle."""
    given = tables["administrations"]
    cycles = sorted({*given["CYCLE"]})
    top: list[object] = ["", *(cell for cycle in cycles for cell in (f"Cykl {cycle[1:]}", *[""] * 5))]
    names = ["Data", "177Lu [GBq]", "90Y [mCi]", "zlecona 177Lu", "zlecona 90Y", "Powód"]
    second: list[object] = ["Pacjent", *names * len(cycles)]
    rows: list[list[object]] = []
    for subject, own in given.groupby("SUBJID"):
        row: list[object] = [subject]
        for cycle in cycles:
            (one,) = own[own["CYCLE"] == cycle].to_dict("records") or [{}]
            lutetium, yttrium = one.get("LU177_MBQ", ""), one.get("Y90_MBQ", "")
            row += [
                one.get("EXDT", ""), f"{float(lutetium) / 1000:.6g}" if lutetium else "",
                f"{float(yttrium) / 37:.17g}" if yttrium else "", one.get("LU177_SET_MBQ", ""),
                one.get("Y90_SET_MBQ", ""), one.get("REASON", ""),
            ]  # fmt: skip
        rows.append(row)
    stack = ", ".join(f'"Cykl {cycle[1:]} *": {cycle}' for cycle in cycles)
    mapping = f"""
sources:
  - source: aktywnosci.xlsx
    header: [2, 3]
    table: administrations
    stack: {{CYCLE: {{{stack}}}}}
    columns: {{Pacjent: SUBJID, Data: EXDT, 177Lu: LU177_MBQ, 90Y: Y90_MBQ, zlecona 177Lu: LU177_SET_MBQ,
              zlecona 90Y: Y90_SET_MBQ, Powód: REASON}}
"""
    letter = openpyxl.utils.get_column_letter
    areas = [f"{letter(2 + 6 * place)}2:{letter(7 + 6 * place)}2" for place in range(len(cycles))]
    book = workbook({"A": [["Aktywności"], top, second, *rows]}, merged={"A": areas})
    return ({"aktywnosci.xlsx": book}, tables), mapping


def analyte_groups(tables: Tables) -> tuple[Shape, str]:
    """Two lines of column names: a group per analyte, in merged cells, with result, unit and reference range."""
    labs = tables["labs"]
    analytes = [one for one in NAMES if one in {*labs["ANALYTE"]}]
    top: list[object] = [
        "Pacjent",
        "Wizyta",
        "Data",
        "Pracownia",
        *(cell for one in analytes for cell in (NAMES[one], "", "")),
    ]
    second: list[object] = ["", "", "", "", *["wynik", "jedn.", "norma"] * len(analytes)]
    rows: list[list[object]] = []
    for key, own in labs.groupby(["SUBJID", "VISIT", "LBDT", "LABORATORY"], sort=False):
        row: list[object] = [*key]
        for analyte in analytes:
            (one,) = own[own["ANALYTE"] == analyte].to_dict("records") or [None]
            row += (
                ["", "", ""]
                if one is None
                else [one["VALUE"].replace(".", ","), one["UNIT"], _range(one["LLN"], one["ULN"])]
            )
        rows.append(row)
    stack = ", ".join(f'"{NAMES[one]} *": {one}' for one in analytes)
    mapping = f"""
sources:
  - source: badania
    header: [2, 3]
    table: labs
    stack: {{ANALYTE: {{{stack}}}}}
    columns: {{Pacjent: SUBJID, Wizyta: VISIT, Data: LBDT, Pracownia: LABORATORY, wynik: VALUE, jedn.: UNIT}}
    limits: norma
"""
    letter = openpyxl.utils.get_column_letter
    areas = [f"{letter(5 + 3 * place)}2:{letter(7 + 3 * place)}2" for place in range(len(analytes))]
    note: list[object] = ["* norma zależna od płci"]
    book = workbook({"Wyniki": [["Badania"], top, second, *rows, [""], note]}, merged={"Wyniki": areas})
    return ({"badania.xlsx": book}, tables), mapping


def _range(low: str, high: str) -> str:
    low, high = low.replace(".", ","), high.replace(".", ",")
    return f"{low} – {high}" if low and high else f"< {high}" if high else f"> {low}" if low else ""


def sheet_a_patient(tables: Tables) -> tuple[Shape, str]:
    """A worksheet per patient: analytes in rows, visits in columns with their dates below; some have no later visits."""
    labs = tables["labs"]
    labs = labs[labs["VALUE"] != ""].assign(LABORATORY="")
    visits = sorted({*labs["VISIT"]})
    sheets: dict[str, list[list[object]]] = {}
    for subject, own in labs.groupby("SUBJID"):
        days = [*own[["VISIT", "LBDT"]].drop_duplicates().itertuples(index=False, name=None)]
        rows: list[list[object]] = [
            [f"Pacjent {subject}"],
            ["Badanie", "Jednostka", "Norma", *(visit for visit, _ in days)],
            ["", "", "", *(day for _, day in days)],
        ]
        for (analyte, unit, low, high), some in own.groupby(["ANALYTE", "UNIT", "LLN", "ULN"], sort=False):
            values = {(one["VISIT"], one["LBDT"]): one["VALUE"] for one in some.to_dict("records")}
            rows.append([NAMES[analyte], unit, _range(low, high), *(values.get(day, "") for day in days)])
        sheets[f"pacjent {subject}"] = rows
    columns = ", ".join(f'"{visit} *": [{visit}, "*"]' for visit in visits)
    mapping = f"""
sources:
  - source: karty.xlsx
    sheet: pacjent *
    sheet_name: "pacjent {{SUBJID}}"
    header: [2, 3]
    table: labs
    columns: {{Badanie: ANALYTE, Jednostka: UNIT}}
    limits: Norma
    long: {{value: VALUE, names: [VISIT, LBDT], columns: {{{columns}}}}}
    codes: {{ANALYTE: {ANALYTES}}}
"""
    return ({"karty.xlsx": workbook(sheets)}, {**tables, "labs": labs}), mapping


def castor(tables: Tables) -> tuple[Shape, str]:
    """Castor: one wide file of the study, all visits side by side, and repeating data in a file of their own."""
    subjects, doses = tables["subjects"], tables["dosimetry"]
    study = pd.DataFrame(
        {
            "Participant Id": subjects["SUBJID"], "Participant Status": "Completed", "Site Abbreviation": subjects["SITEID"],
            "Randomization Group": "Arm " + subjects["ARM"],
            "Randomized On": [pd.Timestamp(day).strftime("%d-%m-%Y") + " 10:15:00" for day in subjects["RANDDT"]],
            **{name: subjects[name] for name in ("AGE", "SEX", "RACE", "BMI", "PRIMSITE", "GRADE", "KI67", "KPS")},
            "dx_years": [f"{float(value) / 12:.17g}" if value else "" for value in subjects["DXDUR"]],
            "mets#Liver": subjects["METLIV"].replace({"Y": "1", "N": "0"}), "mets#Nodes": subjects["METLN"].replace({"Y": "1", "N": "0"}),
            "mets#Bone": subjects["METBON"].replace({"Y": "1", "N": "0"}), "mets#Other": subjects["METOTH"].replace({"Y": "1", "N": "0"}),
        }
    ).set_index("Participant Id")  # fmt: skip
    wide = doses.pivot(index="SUBJID", columns=["CYCLE", "ORGAN", "ISOTOPE"], values="DOSE_GY").fillna("")
    wide.columns = [
        f"c{cycle[1:]}_{organ.lower()}_{isotope.lower()}" for cycle, organ, isotope in wide.columns
    ]
    study = study.join(wide).fillna("").reset_index()
    events = tables["adverse_events"]
    repeated = pd.DataFrame(
        {
            "Participant Id": events["SUBJID"], "Repeating Data Name Custom": "AE", "Repeating data Parent": "No parent",
            **events.drop(columns=["SUBJID", "AESEQ", "STARTDT", "ENDDT"]),
            "start": [pd.Timestamp(day).strftime("%d-%m-%Y") for day in events["STARTDT"]],
            "stop": [pd.Timestamp(day).strftime("%d-%m-%Y") if day else "" for day in events["ENDDT"]],
        }
    )  # fmt: skip
    mapping = """
sources:
  - source: export_study_*
    columns: {Participant Id: SUBJID}
    tables:
      - table: subjects
        columns: {Site Abbreviation: SITEID, Randomization Group: ARM, Randomized On: RANDDT, dx_years: DXDUR, "mets#Liver": METLIV,
                  "mets#Nodes": METLN, "mets#Bone": METBON, "mets#Other": METOTH}
        units: {DXDUR: years}
        dates: {RANDDT: DMY}
        codes: {ARM: {Arm *: "*"}, METLIV: &yes {1: "Y", 0: "N"}, METLN: *yes, METBON: *yes, METOTH: *yes}
      - table: dosimetry
        stack: {CYCLE: {c1_*: T1, c2_*: T2, c3_*: T3, c4_*: T4}}
        long: {value: DOSE_GY, names: [ORGAN, ISOTOPE], columns: {kidney_lu177: [KIDNEY, LU177], kidney_y90: [KIDNEY, Y90],
               marrow_lu177: [MARROW, LU177], marrow_y90: [MARROW, Y90]}}
  - source: export_AE_*
    table: adverse_events
    columns: {Participant Id: SUBJID, start: STARTDT, stop: ENDDT}
    dates: {STARTDT: DMY, ENDDT: DMY}
    numbered: {AESEQ: [STARTDT, TERM]}
"""
    files = {
        "export_study_2025.csv": csv(study, sep=";"),
        "export_AE_2025.csv": csv(repeated.iloc[::-1], sep=";"),
    }
    ordered = events.sort_values(["SUBJID", "STARTDT", "TERM"])
    numbers = (ordered.groupby("SUBJID").cumcount() + 1).astype(str)
    return (files, {**tables, "adverse_events": events.assign(AESEQ=numbers)}), mapping


def redcap_labels(tables: Tables) -> tuple[Shape, str]:
    """REDCap with labels in the cells and as names of columns, which are repeated."""
    subjects, status = tables["subjects"], tables["disposition"]
    number = {subject: str(place) for place, subject in enumerate(subjects["SUBJID"], 1)}
    ticked = {"Y": "Checked", "N": "Unchecked"}
    words = {"COMPLETED": "Completed", "DISCONTINUED": "Discontinued", "ONGOING": "Ongoing"}
    first = pd.DataFrame(
        {
            "Record ID": subjects["SUBJID"].map(number), "Event Name": "Baseline", "Patient number": subjects["SUBJID"],
            "Date": subjects["RANDDT"], "Arm": "Arm " + subjects["ARM"], "Sex": subjects["SEX"].map({"M": "Male", "F": "Female"}),
            "Sites (choice=Liver)": subjects["METLIV"].map(ticked), "Sites (choice=Nodes)": subjects["METLN"].map(ticked),
            "Sites (choice=Bone)": subjects["METBON"].map(ticked), "Sites (choice=Other)": subjects["METOTH"].map(ticked),
            **{name: subjects[name] for name in ("AGE", "RACE", "BMI", "PRIMSITE", "GRADE", "KI67", "KPS", "DXDUR")},
        }
    )  # fmt: skip
    last = pd.DataFrame(
        {
            "Record ID": status["SUBJID"].map(number), "Event Name": "Follow-up", "Status": status["STATUS"].map(words),
            "Date (2)": status["DSDT"], "Why": status["REASON"], "DETAIL": status["DETAIL"],
        }
    )  # fmt: skip
    whole = pd.concat([first, last]).fillna("")
    mapping = """
sources:
  - source: LABELS_*
    carry: {Patient number: Record ID}
    columns: {Patient number: SUBJID}
    tables:
      - table: subjects
        filled: Date
        parts: {Patient number: "{SITEID}-*"}
        columns: {Date: RANDDT, Arm: ARM, "Sites (choice=Liver)": METLIV, "Sites (choice=Nodes)": METLN,
                  "Sites (choice=Bone)": METBON, "Sites (choice=Other)": METOTH}
        codes: {ARM: {Arm *: "*"}, SEX: {Male: M, Female: F}, METLIV: &tick {Checked: "Y", Unchecked: "N"}, METLN: *tick,
                METBON: *tick, METOTH: *tick}
      - table: disposition
        rows: {Event Name: Follow-up}
        columns: {Status: STATUS, Date (2): DSDT, Why: REASON}
"""
    content = csv(whole).replace(b"Date (2)", b"Date", 1)
    return ({"LABELS_2025.csv": content}, tables), mapping


OTHERS: Mapping[str, tuple[Callable[[Tables], tuple[Shape, str]], tuple[str, ...]]] = {
    "visits_in_columns": (visits_in_columns, ("labs",)),
    "file_a_patient": (file_a_patient, ("labs",)),
    "sheet_a_visit": (sheet_a_visit, ("labs",)),
    "two_header_rows": (two_header_rows, ("administrations",)),
    "analyte_groups": (analyte_groups, ("labs",)),
    "sheet_a_patient": (sheet_a_patient, ("labs",)),
    "redcap_labels": (redcap_labels, ("subjects", "disposition")),
    "castor": (castor, ("subjects", "dosimetry", "adverse_events")),
}
