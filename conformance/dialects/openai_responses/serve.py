"""The server half: what an official server of this language says, whole or streamed.

Rule of the file: an item is told as its kind is told, found by table; every event is numbered, item events say where.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping

from conformance.dialects.openai_chat.failure import failure
from conformance.exchange import Headers
from conformance.model import JSON, ChatRequest, Error, Reply

from .failure import error_event
from .parse import parse
from .render import content_part, response_of
from .reply import Item
from .words import ENDINGS

_PIECES = re.compile(r"\s*\S+|\s+")
_FRAGMENT = 12
"""The most characters of arguments in one delta."""


class OpenAIResponsesServer:
    """A `Server`."""

    def parse(self, body: JSON) -> ChatRequest:
        return parse(body)

    def whole(self, reply: Reply, request: ChatRequest, body: JSON) -> bytes:
        return _dump(response_of(reply, request, body))

    def stream(self, reply: Reply, request: ChatRequest, body: JSON) -> Iterator[bytes]:
        for number, event in enumerate(_events(reply, request, body)):
            yield _frame({"type": event.pop("type"), "sequence_number": number} | event)

    def failure(self, error: Error) -> tuple[int, Headers, bytes]:
        return failure(error)

    def failure_frame(self, error: Error) -> bytes:
        return _frame(error_event(error))


def _dump(value: JSON) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # half a surrogate pair travels escaped
        return json.dumps(value, separators=(",", ":")).encode()


def _frame(value: Item) -> bytes:
    return f"event: {value['type']}\n".encode() + b"data: " + _dump(value) + b"\n\n"


def _events(reply: Reply, request: ChatRequest, body: JSON) -> Iterator[Item]:
    final = response_of(reply, request, body)
    begun = final | {"status": "in_progress", "output": [], "usage": None, "error": None, "incomplete_details": None}
    yield {"type": "response.created", "response": begun}
    yield {"type": "response.in_progress", "response": begun}
    for at, item in enumerate(final["output"]):
        begin, told = _TELLING.get(item["type"], _OTHER)
        yield {"type": "response.output_item.added", "output_index": at, "item": begin(item)}
        for event in told(item):
            yield {"type": event["type"], "item_id": item["id"], "output_index": at} | event
        yield {"type": "response.output_item.done", "output_index": at, "item": item}
    yield {"type": ENDINGS[reply.stop].event, "response": final}


# ------------------------------------------------------------------ kinds of items: how each begins, what is told of it

Told = Iterator[Item]


def _message_begins(item: Item) -> Item:
    return item | {"status": "in_progress", "content": []}


def _message(item: Item) -> Told:
    for at, part in enumerate(item["content"]):
        kind, key = part["type"], "refusal" if part["type"] == "refusal" else "text"
        event = "response.refusal" if key == "refusal" else "response.output_text"
        likely = part.get("logprobs") or []
        logprobs: Item = {} if key == "refusal" else {"logprobs": likely}
        here = {"content_index": at}
        yield {"type": "response.content_part.added", **here, "part": content_part(kind, "")}
        for number, piece in enumerate(_PIECES.findall(part[key])):
            own: Item = {"logprobs": likely[number : number + 1]} if logprobs else {}
            yield {"type": f"{event}.delta", **here, "delta": piece, **own}
        yield {"type": f"{event}.done", **here, key: part[key], **logprobs}
        yield {"type": "response.content_part.done", **here, "part": part}


def _reasoning_begins(item: Item) -> Item:
    return item | {"summary": []}


def _reasoning(item: Item) -> Told:
    for at, part in enumerate(item["summary"]):
        here = {"summary_index": at}
        yield {"type": "response.reasoning_summary_part.added", **here, "part": part | {"text": ""}}
        for piece in _PIECES.findall(part["text"]):
            yield {"type": "response.reasoning_summary_text.delta", **here, "delta": piece}
        yield {"type": "response.reasoning_summary_text.done", **here, "text": part["text"]}
        yield {"type": "response.reasoning_summary_part.done", **here, "part": part}


def _call_begins(item: Item) -> Item:
    return item | {"status": "in_progress", "arguments": ""}


def _call(item: Item) -> Told:
    arguments = item["arguments"]
    step = min(_FRAGMENT, max(1, -(-len(arguments) // 2)))  # two deltas at least, where there are two characters
    for at in range(0, len(arguments), step):
        yield {"type": "response.function_call_arguments.delta", "delta": arguments[at : at + step]}
    yield {"type": "response.function_call_arguments.done", "arguments": arguments}


def _as_it_is(item: Item) -> Item:
    return item


def _nothing(item: Item) -> Told:
    yield from ()


Telling = tuple[Callable[[Item], Item], Callable[[Item], Told]]

_OTHER: Telling = (_as_it_is, _nothing)

_TELLING: Mapping[str, Telling] = {
    "message": (_message_begins, _message),
    "reasoning": (_reasoning_begins, _reasoning),
    "function_call": (_call_begins, _call),
}
