"""Every display of the report, set once from the shipped cohort."""

import pytest

from duonen_stats.displays.catalogue import EFFICACY, INTERIM_DISPLAYS
from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.display import Material, lay_out
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.plan import FINAL, INTERIM


@pytest.fixture(scope="session")
def material(results, datasets, study) -> Material:
    return Material(look=Lookup.of_plan(results, INTERIM), data=datasets, study=study, plan=INTERIM)


@pytest.fixture(scope="session")
def shown(material):
    return {key: lay_out(display, material) for key, display in INTERIM_DISPLAYS.items()}


@pytest.fixture(scope="session")
def final_material(final_results, final_datasets, study) -> Material:
    return Material(look=Lookup.of_plan(final_results, FINAL), data=final_datasets, study=study, plan=FINAL)


@pytest.fixture(scope="session")
def final_shown(final_material):
    """Every display of efficacy, set once from the simulated final cut."""
    return {display.key: lay_out(display, final_material) for display in EFFICACY}


@pytest.fixture(scope="session")
def final_cells(final_shown):
    """A table as text: first cell of a row (with that of its group before it) to the others."""

    def read(key: str) -> dict[str, list[str]]:
        found, group = {}, ""
        for row in final_shown[key].content.rows:
            name, *cells = (plain(cell).replace("\u00a0", " ") for cell in row.cells)
            group = name if row.kind == "group" or not row.indent else group
            found[f"{group}: {name}" if row.indent else name] = cells
        return found

    return read


@pytest.fixture(scope="session")
def cells(shown):
    """A table as text: one dict a row, from its first cell to the others."""

    def read(key: str) -> dict[str, list[str]]:
        return {
            plain(row.cells[0]): [plain(cell).replace("\u00a0", " ") for cell in row.cells[1:]]
            for row in shown[key].content.rows
        }

    return read
