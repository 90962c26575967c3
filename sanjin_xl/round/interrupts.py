"""Ctrl-C and SIGTERM are for the main thread of the program alone, and not in the middle of starting a process."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held() -> Iterator[None]:
    """Put interrupts off, and let processes that are started meanwhile be born deaf to them.

    A terminal sends Ctrl-C to them as well, and a Python that is just starting answers with a traceback. On Windows
    a Ctrl-C of this short while is lost.
    """
    if sys.platform == "win32":
        import ctypes

        ignore = ctypes.windll.kernel32.SetConsoleCtrlHandler
        ignore(None, True)
        try:
            yield
        finally:
            ignore(None, False)
    else:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
        be_deaf()
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def be_deaf() -> None:
    """Let no interrupt come to this thread: heard by another thread, it would end the program though it is held."""
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))


def let_be_ended() -> None:
    """Hear SIGTERM again in a process started while it was held: the pool ends its processes by it."""
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGTERM,))
