"""The recording mode of a run, read from the environment.

Rule of the file: the environment is read here and nowhere else in the room; a bad value is an error, never a default.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal, TypeAlias

from conformance.errors import UsageError

Mode: TypeAlias = Literal["playback", "record", "auto"]

VCRPY_MODES: Mapping[Mode, Mapping[str, object]] = {
    "playback": {"record_mode": "none"},
    "record": {"record_mode": "all", "drop_unused_requests": True},
    "auto": {"record_mode": "once"},
}
"""What each mode is called in vcrpy."""

_MODES: Mapping[str, Mode] = {"playback": "playback", "record": "record", "auto": "auto"}
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"", "0", "false", "no", "off"}


def mode() -> Mode:
    """What `VCR_MODE` asks for; playback when it is not set.

    CI never records: where `CI` is true, `record` is refused and `auto` plays back, unless
    `VCR_RECORD_IN_CI=1` says that this job is there to record.
    """
    asked = os.environ.get("VCR_MODE", "").strip()
    if not asked:
        return "playback"
    found = _MODES.get(asked.lower())
    if found is None:
        raise UsageError(f"VCR_MODE is {asked!r}, which is no mode", f"set it to one of: {', '.join(_MODES)}")
    if found == "playback" or not in_ci() or flag("VCR_RECORD_IN_CI"):
        return found
    if found == "auto":
        return "playback"
    raise UsageError(
        "VCR_MODE is 'record', but CI is set and CI never records",
        "record on your machine and commit the cassette; a job whose purpose is to record sets VCR_RECORD_IN_CI=1",
    )


def strict() -> bool:
    """Whether `VCR_STRICT` asks that interactions nobody used fail too."""
    return flag("VCR_STRICT")


def in_ci() -> bool:
    """Whether this runs in CI; any value of `CI` but an empty or negative one says so."""
    return os.environ.get("CI", "").strip().lower() not in _FALSE


def flag(name: str) -> bool:
    """A yes-or-no variable of the environment. Raises `UsageError` for any other word."""
    value = os.environ.get(name, "").strip().lower()
    if value in _TRUE or value in _FALSE:
        return value in _TRUE
    raise UsageError(f"{name} is {value!r}, which is neither yes nor no", f"set {name}=1 or leave it unset")
