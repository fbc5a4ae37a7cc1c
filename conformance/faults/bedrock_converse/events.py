"""Faults of events: how a stream begins and ends, failures among them.

Rule of the file: the blocks of the answer stay as they are; bytes stand in `messages`, costs in `counts`.
"""

from __future__ import annotations

from conformance.faults import kit
from conformance.faults.bedrock_converse.steps import (
    BEGIN,
    COST,
    DELTA,
    END,
    NAME,
    START,
    STOP,
    dropping,
    event,
    failing,
    setting,
)
from conformance.faults.every.telling import Teller
from conformance.faults.typed import moved, twice, without
from conformance.wire.eventstream import exception, message

_TOLD = Teller(NAME, "event")

_ORDER = (
    _TOLD.fault("no-start", "BR-S04", "The stream begins without messageStart.", without(event(BEGIN))),
    _TOLD.fault("start-twice", "BR-S04", "messageStart is sent twice.", twice(event(BEGIN))),
    _TOLD.fault("start-of-user", "BR-S04", "messageStart tells the role user.", setting(event(BEGIN), "", role="user")),
    _TOLD.fault("start-roleless", "BR-S04", "messageStart tells no role.", dropping(event(BEGIN), "", "role")),
    _TOLD.fault("start-late", "BR-S04", "A delta precedes messageStart.", moved(event(DELTA), event(BEGIN))),
    _TOLD.fault("no-stop", "BR-S10", "There is no messageStop.", without(event(END))),
    _TOLD.fault("stop-twice", "BR-S10", "messageStop is sent twice.", twice(event(END))),
    _TOLD.fault("stop-null", "BR-S10", "stopReason is null.", setting(event(END), "", stopReason=None)),
    _TOLD.fault("stop-number", "BR-S10", "stopReason is a number.", setting(event(END), "", stopReason=1)),
    _TOLD.fault("stop-absent", "BR-S10", "messageStop tells no stopReason.", dropping(event(END), "", "stopReason")),
    _TOLD.fault(
        "stop-snake",
        "BR-S10",
        "The reason is called stop_reason.",
        kit.sequence(lambda told: [{END: {"stop_reason": "end_turn"}} if END in one else one for one in told]),
    ),
    *(
        _TOLD.fault(
            f"stop-word-{word.lower()}",
            "BR-R04",
            f"stopReason is {word}, a word of another language.",
            setting(event(END), "", stopReason=word),
        )
        for word in ("stop", "length", "tool_calls", "STOP_SEQUENCE", "COMPLETE")
    ),
    _TOLD.fault(
        "stop-empty",
        "BR-R04",
        "stopReason is empty.",
        setting(event(END), "", stopReason=""),
        also=frozenset({"JS-S"}),
    ),
    _TOLD.fault(
        "no-metadata",
        "BR-S11",
        "There is no metadata.",
        without(event(COST)),
        source="gateways that end at messageStop",
    ),
    _TOLD.fault("metadata-twice", "BR-S11", "metadata is sent twice.", twice(event(COST))),
    _TOLD.fault("metadata-empty", "BR-S11", "metadata tells nothing.", dropping(event(COST), "", "usage", "metrics")),
    _TOLD.fault("usage-absent", "BR-S11", "metadata tells no usage.", dropping(event(COST), "", "usage")),
    _TOLD.fault("metrics-absent", "BR-S11", "metadata tells no metrics.", dropping(event(COST), "", "metrics")),
    _TOLD.fault("metadata-early", "BR-S12", "metadata comes before messageStop.", moved(event(COST), event(END))),
    _TOLD.fault("delta-after-stop", "BR-S15", "A delta follows messageStop.", moved(event(END), event(STOP))),
    _TOLD.fault("stop-first", "BR-S15", "messageStop comes before all blocks.", moved(event(END), event(DELTA))),
    _TOLD.fault(
        "cut",
        "BR-S10",
        "The body ends in the middle of the text, and the connection closes in order.",
        kit.sequence(lambda told: told[: len(told) // 2]),
        also=frozenset({"BR-S11"}),
    ),
    _TOLD.fault(
        "sse",
        "GN-02",
        "The stream comes as an event stream of text.",
        kit.header("content-type", "text/event-stream", lambda status: status < 400),
    ),
    _TOLD.fault(
        "call-ends-turn",
        "BR-S13",
        "A call is streamed, and the stopReason is end_turn.",
        setting(event(END), "", stopReason="end_turn"),
        on="tool_call_single",
    ),
    _TOLD.fault(
        "tool-use-without-call",
        "BR-S13",
        "stopReason is tool_use, and no call is streamed.",
        setting(event(END), "", stopReason="tool_use"),
    ),
    _TOLD.fault(
        "call-unstarted",
        "BR-S06",
        "A call's deltas come without its start.",
        without(event(START)),
        on="tool_call_single",
    ),
)

_FAILURES = (
    _TOLD.fault(
        "exception-and-more",
        "BR-E02",
        "An exception is sent, and the text goes on.",
        failing(exception("throttlingException", b'{"message":"Too many requests"}'), goes_on=True),
        source="aaif-goose/goose 9579",
    ),
    _TOLD.fault(
        "exception-unknown",
        "BR-E02",
        "An exception has a name that does not exist.",
        failing(exception("overloaded", b'{"message":"Too many requests"}')),
    ),
    _TOLD.fault(
        "exception-untold", "BR-E02", "An exception has no message.", failing(exception("throttlingException", b"{}"))
    ),
    _TOLD.fault(
        "exception-of-openai",
        "BR-E02",
        "An exception has the body of another language.",
        failing(exception("throttlingException", b'{"error":{"message":"slow"}}')),
    ),
    _TOLD.fault(
        "exception-as-event",
        "BR-S10",
        "An exception is sent as an event.",
        kit.frames(
            lambda told: [
                *told[:3],
                message(
                    {
                        ":event-type": "throttlingException",
                        ":content-type": "application/json",
                        ":message-type": "event",
                    },
                    b'{"message":"slow"}',
                ),
            ]
        ),
        also=frozenset({"BR-S11"}),
        source="floci-io/floci 3043",
    ),
    _TOLD.fault(
        "error-nameless",
        "BR-E03",
        "An error has no :error-code.",
        failing(message({":message-type": "error", ":error-message": "no"})),
        also=frozenset({"BR-S02"}),
    ),
    _TOLD.fault(
        "error-untold",
        "BR-E03",
        "An error has no :error-message.",
        failing(message({":message-type": "error", ":error-code": "InternalFailure"})),
    ),
    _TOLD.fault(
        "error-and-more",
        "BR-E03",
        "An error is sent, and the text goes on.",
        failing(
            message({":message-type": "error", ":error-code": "InternalFailure", ":error-message": "no"}), goes_on=True
        ),
    ),
)

FAULTS = (*_ORDER, *_FAILURES)
