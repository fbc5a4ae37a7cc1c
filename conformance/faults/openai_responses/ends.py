"""Faults of how a stream ends, well or as a failure.

Rule of the file: the items of the answer are sound.
"""

from __future__ import annotations

from conformance.deviating import Bend, Chunk
from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.openai_responses.changing import (
    COMPLETED,
    DELTA,
    DONE,
    NAME,
    Events,
    again,
    cut,
    each,
    events,
    moved,
    without,
)

_ERROR: Chunk = {"type": "error", "code": "server_error", "message": "The model failed.", "param": None}
_FAILED = {"code": "server_error", "message": "The model failed."}
_end, _fail = Teller(NAME, "end"), Teller(NAME, "failure")


def _failing(**error: object) -> Bend:
    """The stream ends as failed, with this error."""

    def one(told: Events) -> Events:
        failed = told[-1]["response"] | {"status": "failed", "error": error or None, "usage": None, "output": []}
        return [*told[:-1], told[-1] | {"type": "response.failed", "response": failed}]

    return kit.sequence(one)


FAULTS = (
    _end.fault("missing", "OR-S13", "No terminal event comes.", without(COMPLETED), source="openai/codex 41340"),
    _end.fault(
        "renamed",
        "OR-S13",
        "The terminal event is called response.done.",
        each(COMPLETED, kit.set_at("", type="response.done")),
        source="jlcodes99/cockpit-tools 2328",
    ),
    _end.fault("twice", "OR-S13", "response.completed comes twice.", again(COMPLETED)),
    _end.fault(
        "early", "OR-S13", "response.completed comes before the item is done.", moved(COMPLETED, 0, lambda at: at - 1)
    ),
    _end.fault(
        "delta-after",
        "OR-S13",
        "A delta follows response.completed.",
        events(lambda told: [*told, next(one for one in told if one["type"] == DELTA)]),
        also=frozenset({"OR-S08", "OR-S09"}),
    ),
    _end.fault(
        "failed-after",
        "OR-S13",
        "response.failed follows response.completed.",
        events(
            lambda told: [
                *told,
                {
                    **told[-1],
                    "type": "response.failed",
                    "response": {**told[-1]["response"], "status": "failed", "error": _FAILED},
                },
            ]
        ),
    ),
    _end.fault(
        "status-running",
        "OR-S14",
        "response.completed says in_progress.",
        each(COMPLETED, kit.set_at("response", status="in_progress")),
    ),
    _end.fault(
        "status-missing",
        "OR-S14",
        "response.completed has no status.",
        each(COMPLETED, kit.drop_at("response", "status")),
    ),
    _end.fault(
        "status-incomplete",
        "OR-S14",
        "response.completed says incomplete.",
        each(COMPLETED, kit.set_at("response", status="incomplete")),
        also=frozenset({"OR-R03"}),
    ),
    _end.fault(
        "status-unknown",
        "OR-R02",
        "The status is `success`.",
        each(COMPLETED, kit.set_at("response", status="success")),
        also=frozenset({"OR-S14"}),
    ),
    _end.fault(
        "completed-though-cut",
        "OR-S14",
        "An answer that was cut ends as response.completed.",
        kit.chunks(kit.set_at("", type=COMPLETED), lambda one: one["type"] == "response.incomplete"),
        on="max_tokens",
    ),
    _end.fault(
        "no-reason",
        "OR-R03",
        "An incomplete answer gives no reason.",
        each("response.incomplete", kit.set_at("response", incomplete_details=None)),
        on="max_tokens",
    ),
    _end.fault(
        "reason-empty",
        "OR-R03",
        "The reason of an incomplete answer is null.",
        each("response.incomplete", kit.set_at("response", incomplete_details={"reason": None})),
        on="max_tokens",
    ),
    _end.fault(
        "sentinel", "OR-S16", "[DONE] closes the stream.", kit.frames(lambda told: [*told, b"data: [DONE]\n\n"])
    ),
    _end.fault(
        "sentinel-alone",
        "OR-S13",
        "[DONE] stands in place of the terminal event.",
        kit.frames(lambda told: [*told[:-1], b"data: [DONE]\n\n"]),
        also=frozenset({"OR-S16"}),
    ),
    _end.fault(
        "cut-in-item", "OR-S13", "The stream ends in the middle of a text.", kit.sequence(lambda told: told[:6])
    ),
    _fail.fault(
        "no-message",
        "OR-E01",
        "An error in the stream says nothing.",
        cut(DONE, {"type": "error"}),
    ),
    _fail.fault("message-null", "OR-E01", "The message of an error is null.", cut(DONE, _ERROR | {"message": None})),
    _fail.fault(
        "swallowed",
        "OR-S21",
        "After an error the answer completes.",
        events(lambda told: [*told[:-1], _ERROR, told[-1]]),
    ),
    _fail.fault("no-error", "OR-E02", "response.failed has no error.", _failing(), also=frozenset({"OR-R03"})),
    _fail.fault(
        "no-code",
        "OR-E02",
        "The error of response.failed has no code.",
        _failing(message="no"),
        also=frozenset({"OR-R03"}),
    ),
    _fail.fault("code-empty", "OR-E02", "The code of response.failed is empty.", _failing(code="", message="no")),
    _fail.fault(
        "code-number",
        "OR-E02",
        "The code of response.failed is a number.",
        _failing(code=500, message="no"),
        also=frozenset({"OR-R03"}),
    ),
    _fail.fault(
        "error-string",
        "OR-R03",
        "The error of response.failed is a string.",
        each(
            COMPLETED,
            lambda one: one.update(
                type="response.failed", response=one["response"] | {"status": "failed", "error": "overloaded"}
            ),
        ),
        also=frozenset({"JS-S", "OR-E02"}),
    ),
)
