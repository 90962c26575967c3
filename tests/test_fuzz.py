"""Whatever is done to a return, an outcome comes back: quickly, within bounds, and never an exception."""

import subprocess
import sys
from pathlib import Path


def test_no_exception_leaves_process_file_and_nothing_takes_long() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "fuzz", "--cases", "400"],
        cwd=Path(__file__).parent,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    fates = [line.split() for line in ran.stdout.splitlines()]
    assert sum(int(count) for _, _, count in fates) == 400
    assert {name for name, _, _ in fates} == {"bytes", "markup", "cells"}
    # A harm that always ends at the gate would prove nothing about what lies behind it.
    assert any(fate == "readable" for _, fate, _ in fates)
