"""What speakers of openai-chat are known to do otherwise: `DEVIATIONS` holds all of it by id.

Rule of the folder: a deviation names no vendor in code; which vendor deviates how stands in the presets. Each is one
value: what a profile excuses, and the transformation by which the virtual provider answers so.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from conformance.deviating import Deviation

from .calls import CALLS
from .ending import ENDING
from .extras import EXTRAS
from .failures import FAILURES
from .heads import HEADS
from .thoughts import THOUGHTS
from .usage import USAGE

__all__ = ["DEVIATIONS"]

DEVIATIONS: Mapping[str, Deviation] = MappingProxyType(
    {one.id: one for one in (*HEADS, *THOUGHTS, *CALLS, *USAGE, *ENDING, *EXTRAS, *FAILURES)}
)
