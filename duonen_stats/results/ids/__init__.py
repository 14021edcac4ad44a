"""Every family of result ids, as functions: the only place where an id of the results table is written.

A function makes the id of a block from its parts; ``.stat`` names one of its rows::

    ids.lab_change("HGB", "V4", "A").stat("median")
    ids.between(ids.lab_visit("HGB", "V4"), "kruskal_wallis").stat("p")

To add a family, declare a function with :func:`family` in the module of its subject: its statistics, and for each part
the levels it takes under a study and a plan. ``known_ids`` then knows when it exists.
"""

from duonen_stats.results.ids.documents import *
from duonen_stats.results.ids.efficacy import *
from duonen_stats.results.ids.event_terms import *
from duonen_stats.results.ids.events import *
from duonen_stats.results.ids.exploratory import *
from duonen_stats.results.ids.exposure import *
from duonen_stats.results.ids.family import *
from duonen_stats.results.ids.known import *
from duonen_stats.results.ids.laboratory import *
from duonen_stats.results.ids.late import *
from duonen_stats.results.ids.patients import *
from duonen_stats.results.ids.protocol import *
from duonen_stats.results.ids.scope import ALL as ALL
from duonen_stats.results.ids.scope import Scope as Scope
from duonen_stats.results.ids.vital_signs import *
