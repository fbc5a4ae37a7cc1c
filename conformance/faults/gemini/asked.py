"""Faults of answers that are not what was asked for, and of errors.

Rule of the file: the request is legal; a server that does nothing wrong answers it soundly.
"""

from __future__ import annotations

from typing import Any

from conformance.faults import kit
from conformance.faults.every.forms import forms
from conformance.faults.every.telling import Teller
from conformance.faults.gemini.changing import CALL, NAME, ONE, TWO, config, mode
from conformance.model import Text, ToolCall

_asked, _error = Teller(NAME, "asked"), Teller(NAME, "shape", "error_not_found_404")
_CALL = ToolCall("fc_asked1", "get_weather", '{"city": "Tokyo"}')
_CLOCK = ToolCall("fc_asked2", "get_time", '{"city": "Lima"}')
_MARKUP = Text('<tool_call>{"name": "get_weather", "arguments": {"city": "Tokyo"}}</tool_call>')
_WAIT = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": 34}]
_BUSY = "error_rate_limit_429"


def _thinking(told: dict[str, Any]) -> None:
    for content in kit.at(told, "candidates[].content"):
        content["parts"] = [{"text": "Let me see.", "thought": True}, *content["parts"]]


FAULTS = (
    *_asked.twins(
        "none-ignored",
        "GN-24",
        "A function is called, though the mode is NONE.",
        kit.says(_CALL),
        on=CALL,
        asks=mode("NONE"),
    ),
    *_asked.twins(
        "any-ignored",
        "GM-A01",
        "A text comes, though the mode is ANY.",
        kit.says(Text("Let me see.")),
        on=CALL,
        asks=mode("ANY"),
    ),
    *_asked.twins(
        "named-other",
        "GN-24",
        "Another function is called than the one that was allowed.",
        kit.says(_CLOCK),
        on=TWO,
        asks=mode("ANY", "get_weather"),
    ),
    *_asked.twins("call-as-markup", "GM-A02", "A call comes as markup in the text.", kit.says(_MARKUP), on=CALL),
    *forms(
        _asked,
        kit.asking(
            lambda body: [body.pop("tools"), body.update(generationConfig={"responseMimeType": "application/json"})]
        ),
        CALL,
    ),
    *_asked.twins(
        "candidates-ignored",
        "GM-A03",
        "One candidate comes, though two were asked for.",
        kit.both(kit.swap_at("", "candidates", lambda told: told[:1])),
        on="simple_text",
        asks=config(candidateCount=2),
    ),
    *_asked.twins(
        "logprobs-ignored",
        "GM-A04",
        "Log probabilities were asked for, and none come.",
        kit.both(kit.drop_at(ONE, "logprobsResult", "avgLogprobs")),
        on="simple_text",
        asks=config(responseLogprobs=True, logprobs=2),
    ),
    *_asked.twins("thoughts-unasked", "GM-A05", "Thoughts come, and nobody asked for them.", kit.both(_thinking)),
    _error.fault("string", "GM-E01", "The error is a string.", kit.failure(kit.become({"error": "no such model"}))),
    _error.fault(
        "flat",
        "GM-E01",
        "The error stands under no `error`.",
        kit.failure(kit.become({"message": "no such model"})),
    ),
    _error.fault(
        "of-openai",
        "GM-E01",
        "The error is OpenAI's.",
        kit.failure(
            kit.become({"error": {"message": "no", "type": "invalid_request_error", "param": None, "code": None}})
        ),
    ),
    _error.fault(
        "of-anthropic",
        "GM-E01",
        "The error is Anthropic's.",
        kit.failure(kit.become({"type": "error", "error": {"type": "not_found_error", "message": "no"}})),
    ),
    _error.fault(
        "code-other", "GM-E01", "The code is not the HTTP status.", kit.failure(kit.set_at("error", code=500))
    ),
    _error.fault("code-string", "GM-E01", "The code is a string.", kit.failure(kit.set_at("error", code="404"))),
    _error.fault(
        "message-missing",
        "GM-E01",
        "An error has no message.",
        kit.failure(kit.drop_at("error", "message")),
    ),
    _error.fault(
        "message-null", "GM-E01", "The message of an error is null.", kit.failure(kit.set_at("error", message=None))
    ),
    _error.fault(
        "status-missing",
        "GM-E01",
        "An error has no status.",
        kit.failure(kit.drop_at("error", "status")),
    ),
    _error.fault(
        "status-other",
        "GM-E02",
        "The status of an error does not fit its code.",
        kit.failure(kit.set_at("error", status="INTERNAL")),
    ),
    _error.fault(
        "status-number", "GM-E01", "The status of an error is a number.", kit.failure(kit.set_at("error", status=5))
    ),
    _error.fault(
        "delay-number",
        "GM-E03",
        "The retryDelay of a 429 is a number.",
        kit.failure(kit.set_at("error", details=_WAIT)),
        on=_BUSY,
    ),
    _error.fault(
        "delay-words",
        "GM-E03",
        "The retryDelay of a 429 is in words.",
        kit.failure(kit.set_at("error", details=[_WAIT[0] | {"retryDelay": "in 34 seconds"}])),
        on=_BUSY,
    ),
)
