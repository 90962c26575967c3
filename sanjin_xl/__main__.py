"""Where the program starts, as `sanjin-xl` or `python -m sanjin_xl`: first of all it learns to be interrupted.

Ctrl-C and SIGTERM end it at once and wherever it is, with one sentence and exit status 2. It need not tidy up: nothing
is torn by a kill, and workers end with their parent. An exception instead would come up in the middle of an import, of
starting a process or of another exception's handling, and be a traceback there.
"""

import os
import signal
import sys

_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)]
_SHOW_CURSOR = "" if os.name == "nt" else "\x1b[?25h"  # a progress bar hides it


def main() -> None:
    """Run the command line."""
    _listen()
    _be_quiet()
    from sanjin_xl import cli

    try:
        cli.main()
    finally:
        # All is done and said; what comes now could only spoil the exit status.
        _answer(signal.SIG_IGN)


def _listen() -> None:
    """End with one sentence at every signal from now on."""
    came: list[object] = []
    _answer(lambda number, frame: came.append(number))
    # The sentence takes a moment to load; a signal that comes meanwhile waits for it.
    from sanjin_xl.messages import cli as words

    _answer(lambda number, frame: _end(words.ABORTED))
    if came:
        _end(words.ABORTED)


def _be_quiet() -> None:
    """Let Python print nothing by itself, unless a programmer wants to see it.

    Ended at once, the parent of workers leaves semaphores for Python to clear away, which warns of them; the threads of
    a pool whose processes die print tracebacks, while the run itself goes on or says why not.
    """
    import threading
    import warnings

    if not sys.warnoptions and "--debug" not in sys.argv:
        warnings.simplefilter("ignore")
        os.environ["PYTHONWARNINGS"] = "ignore"
        sys.unraisablehook = lambda _: None
        threading.excepthook = lambda _: None


def _answer(handler: object) -> None:
    """Have every signal answered like this, except what whoever started the program wants ignored, as nohup does."""
    for one in _SIGNALS:
        if signal.getsignal(one) is not signal.SIG_IGN:
            signal.signal(one, handler)  # type: ignore[arg-type]


def _end(sentence: str) -> None:
    _answer(signal.SIG_IGN)
    try:
        _end_workers()
        encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
        # A stream of its own, for the signal may have come while sys.stderr was writing.
        with open(2, "w", encoding=encoding, errors="replace", closefd=False) as stream:
            stream.write((f"\n{_SHOW_CURSOR}" if stream.isatty() else "") + sentence + "\n")
    finally:
        os._exit(2)


def _end_workers() -> None:
    # They would see that their parent is gone, but not in the middle of a parser that holds the interpreter.
    if processes := sys.modules.get("multiprocessing.process"):
        for child in processes.active_children():
            child.kill()


if __name__ == "__main__":
    main()
