"""Every display of the report, set once from the shipped cohort."""

import pytest

from duonen_stats.displays.catalogue import INTERIM_DISPLAYS
from duonen_stats.displays.content import plain
from duonen_stats.displays.display import Material, lay_out
from duonen_stats.displays.lookup import Lookup
from duonen_stats.sap import INTERIM


@pytest.fixture(scope="session")
def material(results, datasets, study) -> Material:
    return Material(look=Lookup(results), data=datasets, study=study, plan=INTERIM)


@pytest.fixture(scope="session")
def shown(material):
    return {key: lay_out(display, material) for key, display in INTERIM_DISPLAYS.items()}


@pytest.fixture(scope="session")
def cells(shown):
    """A table as text: one dict a row, from its first cell to the others."""

    def read(key: str) -> dict[str, list[str]]:
        return {
            plain(row.cells[0]): [plain(cell).replace("\u00a0", " ") for cell in row.cells[1:]]
            for row in shown[key].content.rows
        }

    return read
