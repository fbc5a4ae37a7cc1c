"""Faults of whole answers and of errors.

Rule of the file: counts stand in `events`, for both ways of answering.
"""

from __future__ import annotations

from typing import Any

from conformance.faults import kit
from conformance.faults.cohere_v2.steps import NAME
from conformance.faults.every.telling import Teller

_TOLD = Teller(NAME, "whole", "simple_text_whole")
_FAIL = Teller(NAME, "failure", "error_auth_401")
_CALL, _TWO = "tool_call_single_whole", "tool_call_parallel_whole"
_PART, _CALLS, _FUNCTION = "message.content[]", "message.tool_calls[]", "message.tool_calls[].function"
_OPENAI: dict[str, Any] = {"choices": [{"message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}]}
_LOST = frozenset({"GN-21"})


_ANSWERS = (
    *(
        _TOLD.fault(f"no-{key.replace('_', '-')}", "CO-R01", f"An answer has no {key}.", kit.whole_drop("", key))
        for key in ("id", "finish_reason", "message")
    ),
    _TOLD.fault("id-empty", "CO-R01", "The id is empty.", kit.whole_set(id="")),
    _TOLD.fault("id-number", "CO-R01", "The id is a number.", kit.whole_set(id=7)),
    _TOLD.fault("reason-null", "CO-R01", "finish_reason is null.", kit.whole_set(finish_reason=None)),
    _TOLD.fault("role-absent", "CO-R01", "The message has no role.", kit.whole_drop("message", "role")),
    _TOLD.fault("role-chatbot", "CO-R01", "The role is CHATBOT.", kit.whole_set("message", role="CHATBOT")),
    _TOLD.fault(
        "of-version-one",
        "CO-R01",
        "An answer of the first version of the language comes.",
        kit.whole(kit.becoming(**{"response_id": "r", "text": "Hello", "finish_reason": "COMPLETE"})),
    ),
    _TOLD.fault(
        "openai-shape",
        "CO-R01",
        "An answer of openai-chat comes.",
        kit.whole(kit.becoming(**_OPENAI)),
    ),
    _TOLD.fault("content-text", "CO-R02", "The content is a string.", kit.whole_set("message", content="Hello")),
    _TOLD.fault(
        "content-object",
        "CO-R02",
        "The content is an object.",
        kit.whole_set("message", content={"type": "text", "text": "Hello"}),
    ),
    _TOLD.fault("part-typeless", "CO-R02", "A part has no type.", kit.whole_drop(_PART, "type")),
    _TOLD.fault("part-foreign", "CO-R02", "A part is of type output_text.", kit.whole_set(_PART, type="output_text")),
    _TOLD.fault("part-text", "CO-R02", "A part is a string.", kit.whole_set("message", content=["Hello"])),
    _TOLD.fault(
        "text-null", "CO-R02", "The text of a part is null.", kit.whole_set(_PART, text=None), also=frozenset({"JS-R"})
    ),
    _TOLD.fault("reason-foreign", "CO-R04", "finish_reason is stop.", kit.whole_set(finish_reason="stop")),
    _TOLD.fault(
        "reason-lower", "CO-R04", "finish_reason is in small letters.", kit.whole_set(finish_reason="complete")
    ),
    _TOLD.fault(
        "call-completes",
        "CO-R06",
        "There is a call, and finish_reason is COMPLETE.",
        kit.whole_set(finish_reason="COMPLETE"),
        on=_CALL,
    ),
    _TOLD.fault(
        "call-lost",
        "CO-R06",
        "finish_reason is TOOL_CALL, and there is no call.",
        kit.whole_drop("message", "tool_calls"),
        on=_CALL,
    ),
    _TOLD.fault(
        "calls-object",
        "CO-R05",
        "The calls are one object.",
        kit.whole(lambda told: told["message"].update(tool_calls=told["message"]["tool_calls"][0])),
        on=_CALL,
        also=frozenset({"CO-R06"}),
    ),
    _TOLD.fault("call-without-id", "CO-R05", "A call has no id.", kit.whole_drop(_CALLS, "id"), on=_CALL),
    _TOLD.fault("call-typeless", "CO-R05", "A call has no type.", kit.whole_drop(_CALLS, "type"), on=_CALL),
    _TOLD.fault(
        "call-without-name", "CO-R05", "A call has no name.", kit.whole_drop(_FUNCTION, "name"), on=_CALL, also=_LOST
    ),
    _TOLD.fault(
        "call-of-version-one",
        "CO-R05",
        "A call is told as in the first version of the language.",
        kit.whole(
            lambda told: told["message"].update(tool_calls=[{"name": "get_weather", "parameters": {"city": "Tokyo"}}])
        ),
        on=_CALL,
        also=frozenset({"GN-21"}),
    ),
    _TOLD.fault(
        "arguments-object",
        "CO-R05",
        "The arguments are an object.",
        kit.whole_set(_FUNCTION, arguments={"city": "Tokyo"}),
        on=_CALL,
    ),
    _TOLD.fault(
        "arguments-broken",
        "CO-R05",
        "The arguments are no JSON.",
        kit.whole_set(_FUNCTION, arguments='{"city": "Tok'),
        on=_CALL,
    ),
    _TOLD.fault(
        "arguments-null",
        "CO-R05",
        "The arguments are null.",
        kit.whole_set(_FUNCTION, arguments=None),
        on=_CALL,
        also=_LOST,
    ),
    _TOLD.fault("id-twice", "CO-R03", "Two calls have the same id.", kit.whole_set(_CALLS, id="c1"), on=_TWO),
    _TOLD.fault(
        "arguments-empty",
        "GN-21",
        "A call comes without what its tool requires.",
        kit.whole_set(_FUNCTION, arguments="{}"),
        on=_CALL,
    ),
)

_ERRORS = (
    _FAIL.fault(
        "of-openai",
        "CO-E01",
        "An error has the shape of openai-chat.",
        kit.failure(kit.becoming(**{"error": {"message": "no"}})),
    ),
    _FAIL.fault("untold", "CO-E01", "An error has no message.", kit.failure(kit.becoming(**{"code": 401}))),
    _FAIL.fault(
        "message-empty", "CO-E01", "The message of an error is empty.", kit.failure(kit.set_at("", message=""))
    ),
    _FAIL.fault(
        "message-null", "CO-E01", "The message of an error is null.", kit.failure(kit.set_at("", message=None))
    ),
    _FAIL.fault(
        "message-list", "CO-E01", "The message of an error is a list.", kit.failure(kit.set_at("", message=["no"]))
    ),
    _FAIL.fault("id-number", "CO-E01", "The id of an error is a number.", kit.failure(kit.set_at("", id=7))),
    _FAIL.fault("detail", "CO-E01", "An error is told under detail.", kit.failure(kit.becoming(**{"detail": "no"}))),
)

FAULTS = (*_ANSWERS, *_ERRORS)
