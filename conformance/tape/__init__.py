"""Tape: record what went over the wire, chunk by chunk, and play it back without a socket.

Rule of the room: vcrpy is the engine and its import is heavy, so names that need it are looked up when first used;
plain playback never loads it. Secrets leave no other way than through `vault`, which scrubs, gates and writes at once.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from conformance.tape.decks import UnusedRecording
from conformance.tape.form import Provenance
from conformance.tape.modes import Mode, mode, strict
from conformance.tape.recording import Recording, read_cassette, read_provenance
from conformance.tape.session import Tape, open_tape
from conformance.tape.shelf import cassette_name, cassette_path, on_shelf, shelf
from conformance.tape.traffic import read_traffic, traffic_files

if TYPE_CHECKING:
    from conformance.tape.miss import CassetteMiss
    from conformance.tape.wiring import register, use_cassette, vcr_options

_NEED_VCRPY = {"CassetteMiss": "miss", "register": "wiring", "use_cassette": "wiring", "vcr_options": "wiring"}

__all__ = [
    "CassetteMiss",
    "Mode",
    "Provenance",
    "Recording",
    "Tape",
    "UnusedRecording",
    "cassette_name",
    "cassette_path",
    "mode",
    "on_shelf",
    "open_tape",
    "read_cassette",
    "read_provenance",
    "read_traffic",
    "register",
    "shelf",
    "strict",
    "traffic_files",
    "use_cassette",
    "vcr_options",
]


def __getattr__(name: str) -> Any:
    if module := _NEED_VCRPY.get(name):
        return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
