"""Every exception that the kit raises on purpose.

    ConformanceError            something stopped the tool from judging; the command line exits with 2
    ├── UsageError              the caller asked for what cannot be: a wrong name, flag or mode
    ├── InputError              a file or body that cannot be read: corrupt cassette, not JSON, a directory
    ├── CassetteMiss            playback met a request that no recording answers (also a vcrpy error)
    ├── SecretLeak              a recording was about to be written with a credential in it; nothing was written
    ├── UnsupportedError        a canonical field that the dialect cannot say: refused aloud, never dropped
    ├── MissingExtra            a feature needs an optional dependency that is not installed
    └── Unreachable             a live subject did not answer

Rule of the file: messages are one sentence, name the thing, say whose fault it is; `hint` says what to do next.
"""

from __future__ import annotations


class ConformanceError(Exception):
    """Base of all: `str(error)` is one clear sentence, `error.hint` the next step (may be empty)."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(ConformanceError):
    """The caller asked for something that does not exist or does not fit."""


class InputError(ConformanceError):
    """A file or body that cannot be read as what it should be."""


class SecretLeak(ConformanceError):
    """A recording held something that looks like a credential; it was not written."""


class UnsupportedError(ConformanceError):
    """A canonical field that this dialect or vendor has no way to say."""


class MissingExtra(ConformanceError):
    """An optional dependency is needed and absent."""


class Unreachable(ConformanceError):
    """A live subject did not answer at all."""
