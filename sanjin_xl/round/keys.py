"""The round's keys: made new once, kept from everybody else, read."""

import contextlib
import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from sanjin_xl.books.seal import Lock, make_lock
from sanjin_xl.model.errors import RoundError
from sanjin_xl.round.outputs import WORKSHOP, read_own, write_whole

KEY = "key"  # its file in the workshop
SECRET_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The round's secrets: the key of the stamps, and the password of the locks with its salt."""

    secret: bytes
    password: str
    salt: bytes

    def lock(self) -> Lock:
        return make_lock(self.password, self.salt)

    @property
    def fingerprint(self) -> str:
        """Sixteen characters that tell this key from another one, and nothing else of it."""
        return hashlib.sha256(b"sanjin-xl key " + self.secret).hexdigest()[:16]


def make_keys(folder: Path) -> None:
    """Make the keys of a round that has none yet."""
    path = folder / WORKSHOP / KEY
    if not path.exists():
        write_whole(path, _fresh_keys(), private=True)


def _fresh_keys() -> bytes:
    # Without characters that a person reading a password out would confuse.
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
    keys = {
        "secret": secrets.token_hex(SECRET_BYTES),
        "password": "".join(secrets.choice(letters) for _ in range(16)),
        "salt": secrets.token_hex(16),
    }
    return json.dumps(keys, indent=1).encode()


def read_keys(folder: Path) -> Keys:
    """The round's keys, in a file that from now on only its owner may read.

    Raises RoundError when they are gone, may not be read, or are damaged.
    """
    path = folder / WORKSHOP / KEY
    try:
        # Notepad puts a byte order mark before what it saves.
        keys = json.loads(read_own(path).decode("utf-8-sig"))
        if not isinstance(password := keys["password"], str) or not password:
            raise ValueError(password)
        if len(secret := bytes.fromhex(keys["secret"])) != SECRET_BYTES:
            raise ValueError(len(secret))
        salt = bytes.fromhex(keys["salt"])
    except (FileNotFoundError, NotADirectoryError) as error:
        raise RoundError("round-key-missing") from error
    except RoundError:
        raise
    except OSError as error:
        # A backup would not help: the key is there, and whoever may read it can go on.
        raise RoundError("round-key-unreadable", path=path.absolute()) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise RoundError("round-key-invalid") from error
    _make_private(path)
    return Keys(secret=secret, password=password, salt=salt)


def _make_private(path: Path) -> None:
    """Take the right to read from everybody else; a disk of Windows, or one that keeps no rights, stays as it is."""
    with contextlib.suppress(OSError):
        if os.name == "posix" and path.stat().st_mode & 0o077:
            path.chmod(0o600)
