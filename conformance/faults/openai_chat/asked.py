"""Faults of answers that are not what was asked for: calls, form, number, likelihood, length, the way they come.

Rule of the file: the request is legal; a server that does nothing wrong answers it soundly.
"""

from __future__ import annotations

import dataclasses
import json

from conformance.deviating import Bend
from conformance.dialects import dialect
from conformance.faults import kit
from conformance.faults.choices import CHOICE, asking
from conformance.faults.choices import asked as choices
from conformance.faults.choices.words import words
from conformance.faults.every.telling import Teller
from conformance.model import ChatRequest, Done

from .telling import NAME, WHOLE

_told = Teller(NAME, "asked")
_TWO, _LIKELY = asking(n=2), asking(logprobs=True, top_logprobs=2)
_MARKUP = (
    '<tool_call>{"name": "get_weather", "arguments": {"city": "Tokyo"}}</tool_call>',
    "<function=get_weather>\n<parameter=city>Tokyo</parameter>\n</function>",
    '<|python_tag|>{"name": "get_weather", "parameters": {"city": "Tokyo"}}',
    '[TOOL_CALLS][{"name": "get_weather", "arguments": {"city": "Tokyo"}}]',
    '{"name": "get_weather", "arguments": {"city": "Tokyo"}}',
    '```json\n[{"name": "get_weather", "parameters": {"city": "Tokyo"}}]\n```',
    'get_weather(city="Tokyo")',
    '<invoke name="get_weather"><parameter name="city">Tokyo</parameter></invoke>',
    "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather",
)


def _at_once(frames: list[bytes]) -> list[bytes]:
    """The whole answer that the frames of a stream tell."""
    decoder = dialect(NAME).decoder()
    last = [*decoder.feed(b"".join(frames)), *decoder.close("eof")][-1]
    assert isinstance(last, Done)
    return [dialect(NAME).server.whole(last.reply, ChatRequest(model="m", messages=()), {})]


def _bit_by_bit(body: bytes) -> bytes:
    """The stream that tells a whole answer."""
    reply = dialect(NAME).reply(json.loads(body))
    return b"".join(dialect(NAME).server.stream(reply, ChatRequest(model="m", messages=(), stream=True), {}))


FAULTS = (
    *choices.demands(_told),
    *choices.markup(_told, *_MARKUP),
    *choices.forms(_told),
    *choices.fewer(_told),
    *(
        dataclasses.replace(
            one, also=frozenset() if one.on.endswith("_whole") else frozenset({"OC-S05", "OC-S10", "OC-S11"})
        )
        for one in _told.twins(
            "choices-same-index",
            "OC-A03",
            "Both choices have the index 0.",
            kit.both(kit.set_at(CHOICE, index=0)),
            asks=_TWO,
        )
    ),
    _told.fault(
        "choice-too-many",
        "OC-A03",
        "Two choices come, though one was asked for.",
        kit.whole(kit.swap_at("", "choices", lambda told: [*told, told[0] | {"index": 1}])),
        on=WHOLE,
        also=frozenset({"OC-R02"}),
    ),
    _told.fault(
        "choice-unfinished",
        "OC-S10",
        "The second of two choices never finishes.",
        kit.chunks(lambda told: [one.update(finish_reason=None) for one in kit.at(told, CHOICE) if one["index"]]),
        asks=_TWO,
    ),
    *_told.twins(
        "logprobs-ignored",
        "OC-A04",
        "Log probabilities were asked for, and none come.",
        kit.both(kit.set_at(CHOICE, logprobs=None)),
        asks=_LIKELY,
    ),
    *_told.twins(
        "logprobs-empty",
        "OC-A04",
        "Log probabilities were asked for, and those of no token come.",
        kit.both(kit.set_at(CHOICE, logprobs={"content": [], "refusal": None})),
        asks=_LIKELY,
    ),
    *choices.cut(_told),
    *words(Teller(NAME, "words")),
    _told.fault(
        "stream-ignored",
        "GN-27",
        "A whole answer comes, though a stream was asked for.",
        Bend(frames=_at_once, head=kit.header("content-type", "application/json").head),
    ),
    _told.fault(
        "whole-ignored",
        "GN-27",
        "A stream comes, though a whole answer was asked for.",
        Bend(body=_bit_by_bit, head=kit.header("content-type", "text/event-stream").head),
        on=WHOLE,
    ),
)
