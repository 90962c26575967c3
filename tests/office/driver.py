"""Drive one LibreOffice: a JSON request per line on stdin, a JSON answer per line on stdout.

Runs under the Python that has `uno` (Debian's python3-uno, or the one inside LibreOffice: 3.8 and up), so it
imports neither the project nor anything from its environment. `client.Office` starts it and speaks to it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback
from itertools import count, groupby
from pathlib import Path

import uno
from com.sun.star.lang import DisposedException
from com.sun.star.uno import Exception as UnoException
from keyboard import Keyboard, Stuck
from measure import merged_heights, printed_pages, row_heights
from unotools import address, cell_text, properties

FILTERS = {
    "xlsx": "Calc MS Excel 2007 XML",
    "xls": "MS Excel 97",
    "ods": "calc8",
    "csv": "Text - txt - csv (StarCalc)",
    "pdf": "calc_pdf_Export",
}

# What is typed must arrive as typed (no completion from the cells above, no ½ for 1/2), in the clerk's locale.
SETTINGS = {
    "/org.openoffice.Office.Calc/Input": {"AutoInput": "false"},
    "/org.openoffice.Office.Common/AutoCorrect": {
        "UseReplacementTable": "false",
        "TwoCapitalsAtStart": "false",
        "CapitalAtStartSentence": "false",
    },
    "/org.openoffice.Setup/L10N": {"ooSetupSystemLocale": "zh-CN"},
}

START_SECONDS = 60


class Refused(Exception):
    """Cells of a protected sheet that are locked."""

    def __init__(self, addresses):
        super().__init__("locked: " + ", ".join(addresses))
        self.addresses = addresses


# --- the office process -----------------------------------------------------------------------------------------


def write_settings(profile):
    """Write the settings into a profile that does not exist yet."""
    items = "".join(
        '<item oor:path="{}"><prop oor:name="{}" oor:op="fuse"><value>{}</value></prop></item>'.format(path, name, value)
        for path, values in SETTINGS.items()
        for name, value in values.items()
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        + items
        + "</oor:items>"
    )
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(text, encoding="utf-8")


def start_soffice(soffice, folder, pipe):
    """Start soffice without a screen and return its process.

    Where there is the server plug-in (svp: Linux), `--headless` is left out: it makes every message box answer
    itself before anyone can read it. Elsewhere a user's screen must be spared, and messages are lost.
    """
    profile = folder / "profile"
    write_settings(profile)
    screenless = [] if sys.platform.startswith("linux") else ["--headless"]
    return subprocess.Popen(
        [
            soffice,
            *screenless,
            "--norestore",
            "--nologo",
            "--nodefault",
            "--nolockcheck",
            "-env:UserInstallation=" + profile.as_uri(),
            "--accept=pipe,name=" + pipe + ";urp;",
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=dict(os.environ, SAL_USE_VCLPLUGIN="svp") if not screenless else None,
    )


def connect(process, pipe):
    """Return the component context of a soffice that is starting up; RuntimeError if it ends or takes too long."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            return resolver.resolve("uno:pipe,name=" + pipe + ";urp;StarOffice.ComponentContext")
        except UnoException:
            time.sleep(0.02)
    raise RuntimeError("soffice did not start (exit status {})".format(process.poll()))


# --- what can be asked --------------------------------------------------------------------------------------------


class Desk:
    """The open documents by handle; each public method is an operation."""

    def __init__(self, context, folder):
        manager = context.ServiceManager
        self._desktop = manager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        self._keyboard = Keyboard(context)
        self._folder = folder
        self._numbers = count(1)
        self._documents = {}

    def _load(self, path, **options):
        document = self._desktop.loadComponentFromURL(path.as_uri(), "_blank", 0, properties(Hidden=True, **options))
        if document is None or not hasattr(document, "Sheets"):
            raise OSError("LibreOffice does not open {} as a workbook".format(path.name))
        return document

    def _range(self, handle, sheet, where):
        return self._documents[handle].Sheets.getByName(sheet).getCellRangeByName(where)

    def _cell(self, handle, sheet, where):
        return self._range(handle, sheet, where).getCellByPosition(0, 0)

    def _place(self, handle):
        return self._folder / str(handle)

    def open(self, path, password=None):
        # A private copy: the test may delete its file, and no lock file appears beside it.
        handle = next(self._numbers)
        self._place(handle).mkdir()
        copy = Path(shutil.copy(path, str(self._place(handle))))
        self._documents[handle] = self._load(copy, **({"Password": password} if password else {}))
        return handle

    def close(self, handle):
        document = self._documents.pop(handle)
        self._keyboard.leave(document)
        document.close(True)
        shutil.rmtree(str(self._place(handle)), ignore_errors=True)

    def close_all(self):
        for handle in list(self._documents):
            self.close(handle)
        self._desktop.terminate()

    def save(self, handle, path, format, password=None, sheet=None):
        document = self._documents[handle]
        options = {"FilterName": FILTERS[format]}
        if format == "csv":
            # comma, quote, UTF-8; the last token is the sheet's number from 1, 0 for the first.
            number = document.Sheets.ElementNames.index(sheet) + 1 if sheet else 0
            options["FilterOptions"] = "44,34,76,1,,0,false,true,false,false,false,{}".format(number)
        if password:
            options["Password"] = password
        document.storeToURL(Path(path).absolute().as_uri(), properties(**options))

    def sheets(self, handle):
        return [
            {"name": sheet.Name, "visible": sheet.IsVisible, "protected": sheet.isProtected()}
            for sheet in self._documents[handle].Sheets
        ]

    def protected(self, handle):
        return self._documents[handle].isProtected()

    def unprotect(self, handle, password, sheet=None):
        document = self._documents[handle]
        target = document.Sheets.getByName(sheet) if sheet else document
        try:
            target.unprotect(password)
        except UnoException:
            return False
        return not target.isProtected()

    def locked(self, handle, sheet, where):
        cell = self._cell(handle, sheet, where)
        return cell.Spreadsheet.isProtected() and cell.CellProtection.IsLocked

    def open_cells(self, handle, sheet, where):
        return sorted(map(list, open_positions(self._range(handle, sheet, where))), key=lambda place: place[::-1])

    def write(self, handle, sheet, cells):
        target = self._documents[handle].Sheets.getByName(sheet)
        spots = {position(target, where): value for where, value in cells.items()}
        if target.isProtected():
            refuse_locked(target, spots)
        for (column, first), values in vertical_runs(spots):
            block = target.getCellRangeByPosition(column, first, column, first + len(values) - 1)
            block.setDataArray(tuple((value,) for value in values))

    def type_text(self, handle, sheet, where, text, insist=False):
        cell = self._cell(handle, sheet, where)
        return self._keyboard.type_text(self._documents[handle], cell, text, insist)

    def read(self, handle, sheet, where):
        self._documents[handle].calculate()
        block = self._range(handle, sheet, where)
        area = block.RangeAddress
        rows = zip(block.getDataArray(), block.getFormulaArray())
        return {
            address(area.StartColumn + x, area.StartRow + y): described(block, x, y, value, formula)
            for y, (values, formulas) in enumerate(rows)
            for x, (value, formula) in enumerate(zip(values, formulas))
        }

    def shown(self, handle, sheet, where):
        return self._cell(handle, sheet, where).String

    def recalculate(self, handle):
        self._documents[handle].calculateAll()

    def validation(self, handle, sheet, where):
        rule = self._cell(handle, sheet, where).Validation
        return {
            "type": rule.Type.value.lower(),
            "operator": rule.getOperator().value.lower(),
            "formula1": rule.getFormula1(),
            "formula2": rule.getFormula2(),
            "blank_allowed": rule.IgnoreBlankCells,
            "list_visible": rule.ShowList != 0,
            "error_shown": rule.ShowErrorMessage,
            "error_style": rule.ErrorAlertStyle.value.lower(),
            "error_title": rule.ErrorTitle,
            "error_message": rule.ErrorMessage,
            "input_shown": rule.ShowInputMessage,
            "input_title": rule.InputTitle,
            "input_message": rule.InputMessage,
        }

    def _scratch(self, handle):
        """Return a second, hidden document with the same content, for measurements that change it."""
        path = self._place(handle) / "scratch.ods"
        self.save(handle, path, "ods")
        return self._load(path)

    def row_heights(self, handle, sheet, where):
        scratch = self._scratch(handle)
        try:
            return row_heights(self._range(handle, sheet, where), scratch.Sheets.getByName(sheet))
        finally:
            scratch.close(True)

    def merged_heights(self, handle, sheet, where):
        scratch = self._desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, properties(Hidden=True))
        try:
            return merged_heights(self._range(handle, sheet, where), scratch.Sheets.getByIndex(0))
        finally:
            scratch.close(True)

    def pages(self, handle):
        return printed_pages(self._documents[handle])


def position(sheet, where):
    """Return (column, row), both from 0, of an address such as "B7"."""
    area = sheet.getCellRangeByName(where).RangeAddress
    return area.StartColumn, area.StartRow
