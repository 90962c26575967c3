"""A sheet of which cells were put elsewhere to be read, and where these lie in the file that its sender sees."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from sanjin_xl.model.cellref import Place, address, place_of
from sanjin_xl.workbook.book import Hidden, Look, Range, Rows, Sheet

T = TypeVar("T")


def rearranged(
    sheet: Sheet, rows: Rows, place_in: Callable[[int, int], Place], came_from: Mapping[Place, Place]
) -> Sheet:
    """The sheet with other rows: where each of its cells went, and of those that hold something where they were."""
    moved = {address(*to): address(*before) for to, before in came_from.items() if to != before}
    origins = {cell: sheet.origins.get(before, before) for cell, before in moved.items()}
    return replace(sheet, rows=rows, hidden=_lifted(sheet.hidden, place_in), origins={**sheet.origins, **origins})


def _lifted(hidden: Hidden, place_in: Callable[[int, int], Place]) -> Hidden:
    """What is hidden in cells that were put elsewhere, at the addresses that these have now."""

    def lift(facts: Mapping[str, T]) -> dict[str, T]:
        places = {cell: place_of(cell) for cell in facts}
        return {address(*place_in(*place)) if (place := places[cell]) else cell: facts[cell] for cell in facts}

    def area(one: Range | None) -> Range | None:
        return one and (*place_in(one[0], one[1]), *place_in(one[2], one[3]))

    return replace(
        hidden,
        errors=lift(hidden.errors),
        formulas=lift(hidden.formulas),
        comments=lift(hidden.comments),
        # The colour of a blank cell that was joined with it does not hide how a text looks.
        looks=lift(dict(sorted(hidden.looks.items(), key=lambda one: one[1] != Look(fill=one[1].fill)))),
        drawings=tuple(one._replace(area=area(one.area)) for one in hidden.drawings),
    )
