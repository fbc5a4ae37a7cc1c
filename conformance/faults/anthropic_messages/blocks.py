"""Faults of content blocks: their numbers, their order, their deltas.

Rule of the file: what holds of every kind of block; calls and thinking have modules of their own.
"""

from __future__ import annotations

from conformance.deviating import Bend, Chunk
from conformance.faults import kit
from conformance.faults.anthropic_messages.steps import (
    NAME,
    numbered,
)
from conformance.faults.every.telling import Teller
from conformance.faults.typed import (
    dropping,
    moved,
    of,
    setting,
    twice,
    without,
)

_TOLD = Teller(NAME, "block")
_START, _DELTA, _STOP = of("content_block_start"), of("content_block_delta"), of("content_block_stop")
_TWO = "tool_call_parallel"


def _renumbered(numbers: dict[int, object]) -> Bend:
    """Blocks with other numbers."""
    return kit.chunks(lambda told: told.update(index=numbers[told["index"]]), lambda told: "index" in told)


def _woven(told: list[Chunk]) -> list[Chunk]:
    """The events of two blocks take turns."""
    one, other = (
        [one for one in told if numbered(0)(one)],
        [one for one in told if numbered(1)(one)],
    )
    mixed = [event for pair in zip(one, other, strict=False) for event in pair]
    return [*told[:2], *mixed, *[one for one in told[2:] if "index" not in one]]


_NUMBERS = (
    _TOLD.fault("from-one", "AM-S05", "Blocks are numbered from 1.", _renumbered({0: 1, 1: 2}), on=_TWO),
    _TOLD.fault("gap", "AM-S05", "A number is left out.", _renumbered({0: 0, 1: 2}), on=_TWO),
    _TOLD.fault("all-zero", "AM-S05", "Every block has the number 0.", _renumbered({0: 0, 1: 0}), on=_TWO),
    _TOLD.fault("backwards", "AM-S05", "Blocks are numbered backwards.", _renumbered({0: 1, 1: 0}), on=_TWO),
    _TOLD.fault(
        "number-in-words",
        "AM-S05",
        "Numbers are strings.",
        _renumbered({0: "0", 1: "1"}),
        on=_TWO,
    ),
    _TOLD.fault("unnumbered", "AM-S05", "Block events have no index.", dropping(lambda told: True, "", "index")),
    _TOLD.fault(
        "delta-number",
        "AM-S06",
        "A delta names a block that is not open.",
        setting(_DELTA, "", 1, index=1),
    ),
    _TOLD.fault(
        "stop-number",
        "AM-S06",
        "The stop names another block.",
        setting(_STOP, "", index=1),
        also=frozenset({"AM-S08"}),
    ),
)

_ORDER = (
    _TOLD.fault(
        "woven",
        "AM-S06",
        "The events of two blocks take turns.",
        kit.sequence(_woven),
        on=_TWO,
        also=frozenset({"AM-S08"}),
    ),
    _TOLD.fault(
        "second-starts-early",
        "AM-S06",
        "The second block starts before the first is closed.",
        moved(lambda told: _START(told) and told["index"] == 1, _STOP),
        on=_TWO,
        also=frozenset({"AM-S08"}),
    ),
    _TOLD.fault(
        "unstarted",
        "AM-S06",
        "Deltas come without a content_block_start.",
        without(_START),
        source="servers that leave out what they take for granted",
    ),
    _TOLD.fault("stop-twice", "AM-S06", "A block is closed twice.", twice(_STOP)),
    _TOLD.fault(
        "delta-after-stop",
        "AM-S06",
        "A delta follows the stop of its block.",
        kit.sequence(lambda told: [*told[:6], told[7], told[6], *told[8:]]),
    ),
    _TOLD.fault("delta-before-start", "AM-S06", "A delta precedes the start of its block.", moved(_DELTA, _START)),
    _TOLD.fault(
        "start-twice", "AM-S06", "The block starts twice.", twice(_START), also=frozenset({"AM-S05", "AM-S08"})
    ),
    _TOLD.fault("unclosed", "AM-S08", "No block is closed.", without(_STOP)),
    _TOLD.fault("last-unclosed", "AM-S08", "The last of two blocks is not closed.", without(_STOP, 1), on=_TWO),
    _TOLD.fault(
        "first-unclosed",
        "AM-S08",
        "The first of two blocks is not closed.",
        without(_STOP, 0),
        on=_TWO,
        also=frozenset({"AM-S06"}),
    ),
)

FAULTS = (
    *_NUMBERS,
    *_ORDER,
)
