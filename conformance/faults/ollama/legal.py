"""Variations of ollama: what looks odd, and is as legal as the rest.

Rule of the file: each is what some build of the server does, or what its source allows.
"""

from __future__ import annotations

from conformance.deviating import Chunk
from conformance.faults import kit
from conformance.faults.every.telling import Teller

_told = Teller("ollama", "legal")
_CALL = "message.tool_calls[]"


def _last(change: kit.Change) -> kit.Change:
    """A change to the object that is done."""

    def one(told: Chunk) -> None:
        if told["done"]:
            change(told)

    return one


VARIATIONS = (
    _told.legal(
        "time-with-zone",
        "The time has a zone and parts of a second.",
        kit.both(kit.set_at("", created_at="2026-01-01T00:00:00.123456789+01:00")),
    ),
    _told.legal(
        "no-reason",
        "The last line gives no reason.",
        kit.both(_last(kit.drop_at("", "done_reason"))),
        source="older builds",
    ),
    _told.legal(
        "prompt-uncounted",
        "The prompt came from a cache and is not counted.",
        kit.both(_last(kit.drop_at("", "prompt_eval_count", "prompt_eval_duration"))),
        source="server source: zero is left out",
    ),
    _told.legal(
        "text-on-last",
        "The last line brings the end of the text.",
        kit.sequence(lambda told: [*told[:-2], told[-1] | {"message": told[-2]["message"]}]),
    ),
    _told.legal(
        "call-without-id",
        "A call has no id.",
        kit.both(kit.drop_at(_CALL, "id")),
        on="tool_call_single",
        source="older builds",
    ),
    _told.legal(
        "call-without-index",
        "A call has no index.",
        kit.both(kit.drop_at(f"{_CALL}.function", "index")),
        on="tool_call_single",
        source="older builds",
    ),
    _told.legal(
        "calls-on-one-line",
        "Two calls come on one line.",
        kit.sequence(
            lambda told: [
                told[0]
                | {
                    "message": {
                        "role": "assistant",
                        "content": "",
                        "tool_calls": [call for one in told for call in one["message"].get("tool_calls", ())],
                    }
                },
                told[-1],
            ]
        ),
        on="tool_call_parallel",
    ),
    _told.legal(
        "remote",
        "A model of the cloud answers.",
        kit.both(kit.set_at("", remote_model="gpt-oss:120b", remote_host="https://ollama.com:443")),
        source="server source",
    ),
    _told.legal("unknown-keys", "Lines have keys that nobody knows.", kit.both(kit.set_at("", vendor={"a": 1}))),
    _told.legal(
        "failed-midway",
        "A stream fails in its middle, and says why.",
        kit.sequence(lambda told: [told[0], {"error": "the runner stopped"}]),
    ),
    _told.legal(
        "blank-lines", "Carriage returns end the lines too.", kit.each_frame(lambda line: line.rstrip(b"\n") + b"\r\n")
    ),
)
