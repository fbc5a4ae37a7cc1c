"""The server half: what Cohere's server says, whole or streamed.

Rule of the file: content first, then the plan, then the calls, then how it ended. No answer names its model.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.dialects.writing import json_bytes, pieces_of
from conformance.exchange import Headers
from conformance.model import JSON, ChatRequest, Error, Opaque, Reply, Text, Thinking, ToolCall

from .parse import parse
from .turns import CITATIONS, call_of, plan_of
from .words import ERRORS, FINISH_WORDS, counts_of

Step = dict[str, JSON]
_IDLE: Step = {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []}


class CohereServer:
    """A `Server`."""

    def parse(self, body: JSON) -> ChatRequest:
        return parse(body)

    def whole(self, reply: Reply, request: ChatRequest, body: JSON) -> bytes:
        plan, calls, citations = plan_of(reply.parts), reply.tool_calls, _citations(reply)
        message: Step = {
            "role": "assistant",
            "content": [_part(part) for part in _content(reply)] or None,
            "tool_plan": plan.text if plan else None,
            "tool_calls": [_call(call) for call in calls] or None,
            "citations": citations or None,
        }
        said = {key: value for key, value in message.items() if value is not None}
        return json_bytes({"id": reply.id or "answer", "message": said, **_ending(reply)})

    def stream(self, reply: Reply, request: ChatRequest, body: JSON) -> Iterator[bytes]:
        yield _frame("message-start", id=reply.id or "answer", delta={"message": _IDLE})
        for index, part in enumerate(_content(reply)):
            yield from _content_frames(index, part)
        for index, citation in enumerate(_citations(reply)):
            yield _frame("citation-start", index=index, delta={"message": {"citations": citation}})
            yield _frame("citation-end", index=index)
        if plan := plan_of(reply.parts):
            for piece in pieces_of(plan.text):
                yield _frame("tool-plan-delta", delta={"message": {"tool_plan": piece}})
        for index, call in enumerate(reply.tool_calls):
            yield from _call_frames(index, call)
        yield _frame("message-end", delta=_ending(reply))

    def failure(self, error: Error) -> tuple[int, Headers, bytes]:
        return ERRORS.failure(error)

    def failure_frame(self, error: Error) -> bytes:
        reason = "TIMEOUT" if error.kind == "timeout" else "ERROR"
        return _frame("message-end", delta={"finish_reason": reason, "usage": {}, "error": error.message})


def _frame(kind: str, **fields: JSON) -> bytes:
    return b"event: " + kind.encode() + b"\ndata: " + json_bytes({"type": kind} | fields) + b"\n\n"


def _content(reply: Reply) -> list[Text | Thinking | Opaque]:
    plan = plan_of(reply.parts)
    found = [part for part in reply.parts if part is not plan and not isinstance(part, ToolCall)]
    return [part for part in found if not (isinstance(part, Opaque) and part.kind == CITATIONS)]


def _citations(reply: Reply) -> list[JSON]:
    found = [part.raw for part in reply.parts if isinstance(part, Opaque) and part.kind == CITATIONS]
    return [one for raw in found for one in raw]


def _part(part: Text | Thinking | Opaque) -> Step:
    match part:
        case Text(text):
            return {"type": "text", "text": text}
        case Thinking(text):
            return {"type": "thinking", "thinking": text}
    return part.raw if isinstance(part.raw, dict) else {"type": part.kind}


def _call(call: ToolCall) -> Step:
    return {**call_of(call), "function": {"name": call.name, "arguments": call.arguments}}


def _content_frames(index: int, part: Text | Thinking | Opaque) -> Iterator[bytes]:
    key = "thinking" if isinstance(part, Thinking) else "text"
    start = _part(part) if isinstance(part, Opaque) else {"type": key, key: ""}
    yield _frame("content-start", index=index, delta={"message": {"content": start}})
    for piece in () if isinstance(part, Opaque) else pieces_of(part.text):
        yield _frame("content-delta", index=index, delta={"message": {"content": {key: piece}}})
    yield _frame("content-end", index=index)


def _call_frames(index: int, call: ToolCall) -> Iterator[bytes]:
    start = {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": ""}}
    yield _frame("tool-call-start", index=index, delta={"message": {"tool_calls": start}})
    for piece in pieces_of(call.arguments):
        delta = {"message": {"tool_calls": {"function": {"arguments": piece}}}}
        yield _frame("tool-call-delta", index=index, delta=delta)
    yield _frame("tool-call-end", index=index)


def _ending(reply: Reply) -> Step:
    reason = "STOP_SEQUENCE" if reply.stop == "stop" and reply.stop_sequence else FINISH_WORDS[reply.stop]
    counts = counts_of(reply.usage)
    return {"finish_reason": reason} | ({"usage": counts} if counts else {})
