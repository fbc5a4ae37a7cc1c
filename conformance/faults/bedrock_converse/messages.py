"""Faults of messages as bytes: lengths, checksums, headers, payloads.

Rule of the file: where only a header or a payload is wrong, the checksums are right.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

from conformance.deviating import Bend
from conformance.faults.bedrock_converse.steps import NAME
from conformance.faults.every.telling import Teller, in_the_middle
from conformance.wire.eventstream import message, messages

_BYTES = Teller(NAME, "message")

Headers = Sequence[tuple[str, str]]


def _headed(change: Callable[[list[tuple[str, str]]], Headers]) -> Bend:
    """Other headers of one message; its checksums are right."""

    def one(frame: bytes) -> bytes:
        (told,) = messages(frame)
        return message(change([(name, str(value)) for name, value in told.headers]), told.payload)

    return in_the_middle(one)


def _payload(change: Callable[[bytes], bytes]) -> Bend:
    """Another payload of one message; its checksums are right."""

    def one(frame: bytes) -> bytes:
        (told,) = messages(frame)
        return message([(name, str(value)) for name, value in told.headers], change(told.payload))

    return in_the_middle(one)


def _flipped(at: int) -> Bend:
    def one(frame: bytes) -> bytes:
        place = at % len(frame)
        return frame[:place] + bytes([frame[place] ^ 1]) + frame[place + 1 :]

    return in_the_middle(one)


_UNFINISHED = frozenset({"BR-S10", "BR-S11"})

FAULTS = (
    _BYTES.fault("payload-sum", "BR-S01", "The checksum of a message is wrong.", _flipped(-1)),
    _BYTES.fault("prelude-sum", "BR-S01", "The checksum of a message's lengths is wrong.", _flipped(8)),
    _BYTES.fault(
        "payload-rewritten",
        "BR-S01",
        "A proxy has rewritten a payload, and not its checksum.",
        in_the_middle(lambda frame: frame.replace(b"welcome", b"WELCOME")),
    ),
    _BYTES.fault(
        "length-wrong",
        "BR-S01",
        "A message tells a length that is not its own.",
        in_the_middle(lambda frame: struct.pack(">I", len(frame) + 7) + frame[4:]),
    ),
    _BYTES.fault(
        "no-event-type",
        "BR-S02",
        "A message has no :event-type.",
        _headed(lambda told: [line for line in told if line[0] != ":event-type"]),
    ),
    _BYTES.fault(
        "no-message-type",
        "BR-S02",
        "A message has no :message-type.",
        _headed(lambda told: [line for line in told if line[0] != ":message-type"]),
    ),
    _BYTES.fault(
        "unknown-message-type",
        "BR-S02",
        "A message is of type data.",
        _headed(lambda told: [(name, "data" if name == ":message-type" else value) for name, value in told]),
    ),
    _BYTES.fault("header-twice", "BR-S02", "A header stands twice.", _headed(lambda told: [*told, told[0]])),
    _BYTES.fault(
        "payload-list",
        "BR-S03",
        "The payload of an event is a list.",
        _payload(lambda told: b"[" + told + b"]"),
    ),
    _BYTES.fault(
        "payload-text",
        "BR-S03",
        "The payload of an event is plain text.",
        _payload(lambda told: b"er, and "),
    ),
    _BYTES.fault(
        "payload-empty",
        "BR-S03",
        "The payload of an event is empty.",
        _payload(lambda told: b""),
    ),
    _BYTES.fault(
        "payload-wrapped",
        "BR-S03",
        "The payload stands below the event's name once more.",
        _payload(lambda told: b'{"contentBlockDelta":' + told + b"}"),
        also=frozenset({"BR-S05", "BR-S07", "BR-S08"}),
    ),
    _BYTES.fault(
        "payload-of-invoke",
        "BR-S03",
        "The payload is base64 below bytes, as of another operation.",
        _payload(lambda told: b'{"bytes":"eyJ0eXBlIjoicGluZyJ9"}'),
        also=frozenset({"BR-S05", "BR-S07", "BR-S08"}),
    ),
)
