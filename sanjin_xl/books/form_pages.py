"""How the items of a form are printed: how high their rows are, and which of them stand on which page."""

from collections.abc import Mapping
from functools import cached_property
from itertools import groupby

from sanjin_xl.books.formulas import Cells
from sanjin_xl.books.styles import height_of
from sanjin_xl.messages import template as words
from sanjin_xl.model.form import Form, Item
from sanjin_xl.model.points import plain

SIZE, TEXT_SIZE, HINT_SIZE = 10.5, 10, 9  # of the type, in points: as a rule, of texts that are typed, of hints
_LEAST_HEIGHT = 31.0  # two lines of the hint column
_SPARES = range(120, 20, -10)  # points of a page left for remarks that grow: as much as costs no further page

Group = list[Item]
"""Neighbouring items of one category that share a row of the paper form."""
Block = tuple[Group, float, float]
"""A group with its height: within a page, and on top of one, where the category is named beside it."""


class ItemRows:
    """The rows of the items as they are printed, in points.

    `cells`: the texts of the open cells, `hints`: what is said of each item, by its number.
    """

    def __init__(self, form: Form, cells: Cells, hints: Mapping[int, str]) -> None:
        self._form, self._cells, self._hints = form, cells, hints
        self._widths = {name: field.width for name, field in form.fields.items()}

    def height(self, item: Item, *, labelled: bool) -> float:
        """The height of an item's row, beside which its category is named if it is `labelled` or the first of it."""
        if labelled or item is self._form.category_of(item.number).items[0]:
            label = height_of(label_of(self._form, item), self._widths["category"], SIZE)
            return max(label, self._text_heights[item.number])
        return max(_LEAST_HEIGHT, self._text_heights[item.number])

    def pages(self, room: float, head: float, repeated: float, foot: float) -> list[list[Group]]:
        """The groups of each printed page: as few pages as can be, with the most room left for remarks that grow.

        `room`: the height of a page; `head`: of what stands above the items, `repeated`: of what of it stands on every
        page, `foot`: of what stands below the last item, on its page.
        """

        def filled(spare: int) -> list[list[Group]]:
            return self._filled(room - spare, head, repeated, foot)

        fewest = len(filled(_SPARES[-1]))
        return next(pages for pages in map(filled, _SPARES) if len(pages) == fewest)

    def _filled(self, room: float, head: float, repeated: float, foot: float) -> list[list[Group]]:
        """Pages of so much room, no group torn that one can hold."""
        blocks = [part for block in self._blocks for part in self._that_fit(block, room - repeated)]
        pages: list[list[Group]] = [[]]
        left = room - head
        for n, (group, height, on_top) in enumerate(blocks, start=1):
            below = foot if n == len(blocks) else 0
            if pages[-1] and height + below > left:
                pages.append([])
                left = room - repeated
            left -= height if pages[-1] else on_top
            pages[-1].append(group)
        return pages

    @cached_property
    def _blocks(self) -> list[Block]:
        """All groups with their heights, which are asked for again and again until the pages are found."""
        return [
            self._block(list(items))
            for category in self._form.categories
            for _, items in groupby(category.items, key=lambda item: item.printed_row)
        ]

    def _block(self, group: Group) -> Block:
        heights = [self.height(item, labelled=False) for item in group]
        return group, sum(heights), sum([self.height(group[0], labelled=True), *heights[1:]])

    def _that_fit(self, block: Block, room: float) -> list[Block]:
        """The group, or its items one by one where a page cannot hold them all."""
        group, _, on_top = block
        return [block] if on_top <= room else [self._block([item]) for item in group]

    @cached_property
    def _text_heights(self) -> dict[int, float]:
        """The height that the texts of each item need."""
        cells, widths, texts = self._cells, self._widths, self._form.texts
        return {
            item.number: max(
                height_of(item.text, widths["text"], SIZE),
                *(height_of(cells.get((item.number, name), ""), widths[name], TEXT_SIZE) for name in texts),
                height_of(self._hints[item.number], widths["hint"], HINT_SIZE),
            )
            for item in self._form.items
        }


def label_of(form: Form, item: Item) -> str:
    """What is said of its category beside an item that is the first of a page or of the category."""
    category = form.category_of(item.number)
    text = words.CATEGORY if category.items[0] is item else words.CATEGORY_CONTINUED
    return text.format(ordinal=category.ordinal, name=category.name, points=plain(category.points))
