"""Type into the view as a person does, and read and answer the message boxes (runs inside the driver).

The API writes through every lock: `setString` ignores sheet protection and validity, `.uno:EnterString` ignores
validity. Key strokes sent to the grid window by LibreOffice's own UI test service pass through the input line, where
both act.
"""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from cells import address, properties
from com.sun.star.accessibility.AccessibleRole import ALERT, DIALOG, PUSH_BUTTON
from com.sun.star.lang import DisposedException, IndexOutOfBoundsException

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

DECLINE = ("cancel", "no", "close", "ok")
INSIST = ("ok", "yes", "close")
STROKE_SECONDS = 15
ATTEND_SECONDS = 60


class StuckError(Exception):
    """A key stroke did not come to an end; the office is of no use any more."""


class Keyboard:
    """One pair of hands, for all open documents; a document is shown when it is first typed into."""

    def __init__(self, context: Any) -> None:
        create = context.ServiceManager.createInstanceWithContext
        self._ui = create("org.libreoffice.uitest.UITest", context)
        self._toolkit = create("com.sun.star.awt.Toolkit", context)
        self._grids: dict[str, Any] = {}

    def type_text(self, document: Any, cell: Any, text: str, insist: bool = False) -> dict[str, Any]:
        """Type a text and Enter into a cell ("": the Delete key); return {"accepted", "message", "value"}.

        A message box is declined, or with `insist` answered with OK. Accepted: the cell now holds what was typed, or
        at least something else than before. Value: the text the cell shows afterwards.
        """
        before = cell.Formula
        grid = self._select(document, cell)
        if grid is None:
            return {"accepted": False, "message": "the cell cannot be selected", "value": cell.String}
        message = self._strokes(grid, text, INSIST if insist else DECLINE)
        after = cell.Formula
        accepted = after != before or (message is None and text in (after, cell.String))
        return {"accepted": accepted, "message": message, "value": cell.String}

    def attend(self, document: Any, function: Callable[[], object]) -> None:
        """Call a function with a document on the screen; decline a message box and raise its words as OSError."""
        self._bring_to_front(document)
        messages = self._attend(function, DECLINE, ATTEND_SECONDS)
        if messages:
            raise OSError("; ".join(messages))

    def leave(self, document: Any) -> None:
        """Let go of a document that is about to be closed."""
        self._grids.pop(document.RuntimeUID, None)

    def _select(self, document: Any, cell: Any) -> Any:
        """Put the cursor on a cell; return the grid window, or None if the cursor cannot stand there."""
        grid = self._bring_to_front(document)
        document.CurrentController.setActiveSheet(cell.Spreadsheet)
        place = cell.CellAddress
        grid.executeAction("SELECT", properties(CELL=address(place.Column, place.Row)))
        there = _corner(document.getCurrentSelection()) == (place.Column, place.Row) == _corner(_merged(cell))
        return grid if there else None

    def _bring_to_front(self, document: Any) -> Any:
        """Show a document in front of the others; return its grid window."""
        window = document.CurrentController.Frame.ContainerWindow
        window.setVisible(True)
        window.toFront()
        if document.RuntimeUID not in self._grids:
            # Only now: the UI test service finds a window when it is new, but not when it is in front once more.
            self._grids[document.RuntimeUID] = self._ui.getTopFocusWindow().getChild("grid_window")
        return self._grids[document.RuntimeUID]

    def _strokes(self, grid: Any, text: str, answers: Sequence[str]) -> str | None:
        """Press the keys for a text until a message comes up, and return it, or None."""
        # The first character alone: a locked cell answers each one with a box of its own.
        strokes = [{"TEXT": part} for part in (text[:1], text[1:]) if part]
        strokes.append({"KEYCODE": "RETURN" if text else "DELETE"})
        for stroke in strokes:
            typing = partial(grid.executeAction, "TYPE", properties(**stroke))
            messages = self._attend(typing, answers, STROKE_SECONDS)
            if messages:
                return "; ".join(messages)
        return None

    def _attend(self, function: Callable[[], object], answers: Sequence[str], seconds: float) -> list[str]:
        """Call a function, answer the message boxes that come up, and return their words."""
        # A box that holds something up (validity) keeps the call from returning until it is answered; one that does
        # not (protection) is still there afterwards.
        call = _Call(function)
        messages: list[str] = []
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            ended = call.ended(0.01)
            box = self._message_box()
            if box is not None:
                messages.append(_words(box))
                self._answer(box, answers)
            elif ended:
                if not messages:  # else the call has failed only because its box was declined
                    call.check()
                return messages
        raise StuckError(f"no end to it; message boxes: {messages[:3]}")

    def _message_box(self) -> Any:
        for number in range(self._toolkit.getTopWindowCount()):
            try:
                window = self._toolkit.getTopWindow(number)
            except IndexOutOfBoundsException:  # closed while we looked
                return None
            if _is_message_box(window):
                return window
        return None

    def _answer(self, box: Any, answers: Sequence[str]) -> None:
        focus = self._ui.getTopFocusWindow()
        buttons = [name for name in answers if name in focus.getChildren()]
        if buttons:
            focus.getChild(buttons[0]).executeAction("CLICK", ())
        patience = time.monotonic() + 1
        while _is_message_box(box) and time.monotonic() < patience:
            time.sleep(0.005)


class _Call:
    """A call to the office that may not return before something else is done."""

    def __init__(self, function: Callable[[], object]) -> None:
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, args=(function,), daemon=True)
        self._thread.start()

    def _run(self, function: Callable[[], object]) -> None:
        try:
            function()
        except Exception as error:  # noqa: BLE001  (raised again by `check`)
            self._error = error

    def ended(self, seconds: float) -> bool:
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def check(self) -> None:
        """Raise what the call has raised."""
        if self._error is not None:
            raise self._error


def _is_message_box(window: Any) -> bool:
    try:
        return window.isVisible() and window.getAccessibleContext().getAccessibleRole() in (ALERT, DIALOG)
    except (AttributeError, DisposedException):  # a window without a face, or closed while we looked
        return False


def _merged(cell: Any) -> Any:
    """Return the merged area that a cell belongs to; a covered one is no place for the cursor."""
    cursor = cell.Spreadsheet.createCursorByRange(cell)
    cursor.collapseToMergedArea()
    return cursor


def _corner(area: Any) -> tuple[int, int]:
    place = area.RangeAddress
    return place.StartColumn, place.StartRow


def _words(box: Any) -> str:
    """Return a message box's title and text as "title: text"."""
    context = box.getAccessibleContext()
    return ": ".join(filter(None, [context.getAccessibleName(), *_labels(context)]))


def _labels(context: Any) -> Iterator[str]:
    for number in range(context.getAccessibleChildCount()):
        child = context.getAccessibleChild(number).getAccessibleContext()
        if child.getAccessibleRole() == PUSH_BUTTON:
            continue
        if hasattr(child, "getText") and child.getText():
            yield child.getText()
        yield from _labels(child)
