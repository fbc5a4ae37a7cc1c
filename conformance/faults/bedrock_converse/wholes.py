"""Faults of whole answers and of errors.

Rule of the file: counts stand in `events`, for both ways of answering.
"""

from __future__ import annotations

from typing import Any

from conformance.deviating import Bend
from conformance.exchange import Headers
from conformance.faults import kit
from conformance.faults.bedrock_converse.steps import NAME
from conformance.faults.every.telling import Teller

_TOLD = Teller(NAME, "whole", "simple_text_whole")
_FAIL = Teller(NAME, "failure", "error_auth_401")
_CALL, _TWO = "tool_call_single_whole", "tool_call_parallel_whole"
_MESSAGE, _BLOCK, _USE = "output.message", "output.message.content[]", "output.message.content[].toolUse"
_OPENAI: dict[str, Any] = {"choices": [{"message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}]}
_LOST = frozenset({"GN-21"})


def _named(name: str | None, where: str = "x-amzn-errortype") -> Bend:
    """Another name of the exception, or none."""

    def one(status: int, headers: Headers) -> tuple[int, Headers]:
        others = tuple(line for line in headers if line[0].lower() != "x-amzn-errortype")
        return status, others if name is None else (*others, (where, name))

    return Bend(head=one)


_ANSWERS = (
    *(
        _TOLD.fault(f"no-{key.lower()}", "BR-R01", f"An answer has no {key}.", kit.whole_drop("", key))
        for key in ("output", "stopReason", "usage", "metrics")
    ),
    _TOLD.fault("no-message", "BR-R01", "output holds no message.", kit.whole_drop("output", "message")),
    _TOLD.fault("no-latency", "BR-R01", "metrics tells no latency.", kit.whole_drop("metrics", "latencyMs")),
    _TOLD.fault("stop-null", "BR-R01", "stopReason is null.", kit.whole_set(stopReason=None)),
    _TOLD.fault(
        "stop-snake",
        "BR-R01",
        "The reason is called stop_reason.",
        kit.whole(lambda told: told.update(stop_reason=told.pop("stopReason"))),
    ),
    _TOLD.fault(
        "openai-shape",
        "BR-R01",
        "An answer of openai-chat comes.",
        kit.whole(kit.becoming(**_OPENAI)),
    ),
    _TOLD.fault("stop-foreign", "BR-R04", "stopReason is stop.", kit.whole_set(stopReason="stop")),
    _TOLD.fault("stop-empty", "BR-R04", "stopReason is empty.", kit.whole_set(stopReason=""), also=frozenset({"JS-R"})),
    _TOLD.fault("role-user", "BR-R05", "The message is the user's.", kit.whole_set(_MESSAGE, role="user")),
    _TOLD.fault("role-absent", "BR-R05", "The message has no role.", kit.whole_drop(_MESSAGE, "role")),
    _TOLD.fault("content-text", "BR-R05", "The content is a string.", kit.whole_set(_MESSAGE, content="Hello")),
    _TOLD.fault("content-null", "BR-R05", "The content is null.", kit.whole_set(_MESSAGE, content=None)),
    _TOLD.fault("block-empty", "BR-R05", "A block is empty.", kit.whole_set(_MESSAGE, content=[{}])),
    _TOLD.fault("block-typed", "BR-R05", "A block has a type beside its text.", kit.whole_set(_BLOCK, type="text")),
    _TOLD.fault("block-text", "BR-R05", "A block is a string.", kit.whole_set(_MESSAGE, content=["Hello"])),
    _TOLD.fault("text-null", "BR-R05", "The text of a block is null.", kit.whole_set(_BLOCK, text=None)),
    _TOLD.fault("call-without-id", "BR-R05", "A call has no toolUseId.", kit.whole_drop(_USE, "toolUseId"), on=_CALL),
    _TOLD.fault("call-id-empty", "BR-R05", "The id of a call is empty.", kit.whole_set(_USE, toolUseId=""), on=_CALL),
    _TOLD.fault("call-without-name", "BR-R05", "A call has no name.", kit.whole_drop(_USE, "name"), on=_CALL),
    _TOLD.fault(
        "input-text",
        "BR-R05",
        "The input of a call is JSON text.",
        kit.whole_set(_USE, input='{"city": "Tokyo"}'),
        on=_CALL,
    ),
    _TOLD.fault("input-null", "BR-R05", "The input of a call is null.", kit.whole_set(_USE, input=None), on=_CALL),
    _TOLD.fault("input-absent", "BR-R05", "A call has no input.", kit.whole_drop(_USE, "input"), on=_CALL, also=_LOST),
    _TOLD.fault("id-twice", "BR-R03", "Two calls have the same id.", kit.whole_set(_USE, toolUseId="t1"), on=_TWO),
    _TOLD.fault(
        "call-ends-turn",
        "BR-R06",
        "There is a call, and the stopReason is end_turn.",
        kit.whole_set(stopReason="end_turn"),
        on=_CALL,
    ),
    _TOLD.fault(
        "call-lost", "BR-R06", "stopReason is tool_use, and there is no call.", kit.whole_set(stopReason="tool_use")
    ),
    _TOLD.fault(
        "input-empty", "GN-21", "A call comes without what its tool requires.", kit.whole_set(_USE, input={}), on=_CALL
    ),
    _TOLD.fault("no-request-id", "BR-H05", "An answer has no x-amzn-RequestId.", kit.header("x-amzn-requestid", None)),
    _TOLD.fault(
        "no-request-id-streamed",
        "BR-H05",
        "A stream has no x-amzn-RequestId.",
        kit.header("x-amzn-requestid", None),
        on="simple_text",
    ),
)

_ERRORS = (
    _FAIL.fault("nameless", "BR-E01", "An error does not name its exception.", _named(None)),
    _FAIL.fault(
        "of-openai",
        "BR-E01",
        "An error has the shape of openai-chat.",
        kit.failure(kit.becoming(**{"error": {"message": "no", "type": "auth"}})),
    ),
    _FAIL.fault("untold", "BR-E01", "An error has no message.", kit.failure(kit.becoming(**{"reason": "no"}))),
    _FAIL.fault(
        "message-null", "BR-E01", "The message of an error is null.", kit.failure(kit.set_at("", message=None))
    ),
    _FAIL.fault(
        "message-object",
        "BR-E01",
        "The message of an error is an object.",
        kit.failure(kit.set_at("", message={"text": "no"})),
    ),
    _FAIL.fault(
        "limit-as-invalid",
        "BR-E04",
        "A 429 names ValidationException.",
        _named("ValidationException"),
        on="error_rate_limit_429",
    ),
    _FAIL.fault(
        "invalid-as-limit",
        "BR-E04",
        "A 400 names ThrottlingException.",
        _named("ThrottlingException"),
        on="error_bad_request_400",
    ),
    _FAIL.fault(
        "unknown-as-denied",
        "BR-E04",
        "A 404 names AccessDeniedException.",
        _named("AccessDeniedException"),
        on="error_not_found_404",
    ),
)

FAULTS = (*_ANSWERS, *_ERRORS)
