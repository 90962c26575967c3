"""The former round: where it lies, and its results."""

from pathlib import Path

from sanjin_xl.model.errors import RoundError
from sanjin_xl.model.period import Period
from sanjin_xl.outcome.former import Former, parse_former
from sanjin_xl.round.config import RESULTS_FILE, SUMMARY


def read_former(folder: Path, form: str, period: Period) -> Former:
    """The results of the round in `folder`, which must be of the form with this id and end before this period.

    Raises RoundError when there are none, they cannot be read, or they are of another form or no former one.
    """
    path = folder / SUMMARY / RESULTS_FILE
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise RoundError("previous-missing", path=path) from error
    except (OSError, UnicodeDecodeError) as error:
        raise RoundError("previous-unreadable", path=path) from error
    former = parse_former(text, form, str(path))
    # It may have begun on the same day: a half-year before the first nine months.
    if former.period.end >= period.end:
        raise RoundError("previous-not-earlier", path=path, found=former.period.label, period=period.label)
    return former
