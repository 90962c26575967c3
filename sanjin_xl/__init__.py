"""The Excel round trip around the 2012 “三进” form: issue, ingest, score, rank."""

TYPE_CHECKING = False  # as type checkers know it; to load typing takes as long as to start Python
if TYPE_CHECKING:
    from sanjin_xl.analysis import ResultFrames, read_results

__all__ = ["ResultFrames", "__version__", "read_results"]
__version__ = "0.2.0"


def __getattr__(name: str) -> object:
    # Loaded when it is asked for, so that the command line answers in a blink.
    if name in ("ResultFrames", "read_results"):
        from sanjin_xl import analysis

        return getattr(analysis, name)
    raise AttributeError(name)
