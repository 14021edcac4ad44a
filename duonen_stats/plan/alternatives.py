"""What else a plan may be: every choice of every decision, a second value of every number, and combinations.

Derived from the declarations, so that a new decision is tried without being listed anywhere.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from duonen_stats.errors import PlanError
from duonen_stats.plan.decision import Entity, Rule
from duonen_stats.plan.plan import Plan, decisions, rule_of

_TRIES = 50
_LEAST, _MOST = 3, 8


def alternatives(
    plan: Plan, entities: Mapping[Entity, tuple[str, ...]], *, ends: bool = False
) -> Iterator[tuple[str, Plan]]:
    """Yield plans that differ from ``plan`` in one decision, each with the name of the field.

    Parameters
    ----------
    plan
        Where to start.
    entities
        Codes of arms, visits and responses of the data dictionary. A plan made with them may still be one that
        ``check_plan`` refuses.
    ends
        Also the smallest and largest number a decision may be, which may take long.
    """
    for item in decisions():
        for value in _other_values(rule_of(item.name), getattr(plan, item.name), entities, ends=ends):
            try:
                yield item.name, replace(plan, **{item.name: value})
            except PlanError:
                continue  # a value that does not go with another field of this plan


def combinations(
    plan: Plan,
    entities: Mapping[Entity, tuple[str, ...]],
    *,
    number: int,
    seed: int,
    fits: Callable[[Plan], bool] = lambda _plan: True,
) -> Iterator[tuple[str, Plan]]:
    """Yield ``number`` plans that differ in three to eight decisions, drawn by ``seed``, of those that fit."""
    draw = random.Random(seed)  # noqa: S311 - a sample, no secret
    by_field: dict[str, list[Any]] = {}
    for name, changed in alternatives(plan, entities):
        by_field.setdefault(name, []).append(getattr(changed, name))
    for _ in range(number):
        for _try in range(_TRIES):
            fields = sorted(draw.sample(sorted(by_field), draw.randint(_LEAST, _MOST)))
            values = {name: draw.choice(by_field[name]) for name in fields}
            try:
                drawn = replace(plan, **values)
            except PlanError:
                continue
            if fits(drawn):
                yield "+".join(fields), drawn
                break


def _other_values(
    rule: Rule, value: Any, entities: Mapping[Entity, tuple[str, ...]], *, ends: bool
) -> Iterator[Any]:
    if rule.several:
        yield from _other_lists(rule, value, entities)
    elif rule.choices or rule.names is not None:
        known = rule.choices or entities[rule.names]  # type: ignore[index]
        yield from (choice for choice in known if choice != value)
    elif rule.kind in {int, float}:
        yield from _other_numbers(rule, value, ends=ends)


def _other_lists(
    rule: Rule, value: tuple[Any, ...], entities: Mapping[Entity, tuple[str, ...]]
) -> Iterator[tuple[Any, ...]]:
    """Yield each item alone, all but one, none, and two that are not there: as far as the rule allows."""
    known = rule.allowed_items() or (entities[rule.names] if rule.names is not None else ())
    others = [item for item in known if item not in value]
    lists = [
        (),
        *((item,) for item in (*value, *others)),
        *(value[:place] + value[place + 1 :] for place in range(len(value))),
        *((*value, item) for item in others),
    ]
    if not known:
        lists.append(tuple(rule.kind(item * 0.75) for item in value))
    for items in dict.fromkeys(lists):
        if items != value and rule.least <= len(items) <= (rule.most or len(items)):
            yield items


def _other_numbers(rule: Rule, value: float, *, ends: bool) -> Iterator[float]:
    """Yield half and twice the number, or half the way to an end of its range; then the ends themselves."""
    within = rule.within
    if within is None:
        return
    near = [value / 2, value * 2]
    if near[1] not in within:
        near[1] = (value + within.high) / 2
    found = [rule.kind(number) for number in near]
    if value == 0 or rule.kind(near[0]) == value:
        found.append(value + 1)
    if ends:
        found += [rule.kind(end) for end in (within.low, within.high)]
    yield from (number for number in dict.fromkeys(found) if number in within and number != value)
