"""Canonical messages -> the messages of a request body.

Rule of the file: a part lands in its role's form or is refused aloud. Content is always one string: texts of one
message are joined by line ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from conformance.errors import UnsupportedError
from conformance.model import JSON, ChatRequest, Image, Opaque, Part, Role, Text, Thinking, ToolCall, ToolResult

Names = dict[str, str]
"""Id of each call so far -> the name of its tool: results name it."""

IMAGES = "images"
"""The kind of the opaque part that keeps images which the model made."""


def messages_of(request: ChatRequest) -> Iterator[JSON]:
    """The messages as they travel, the system text first."""
    names: Names = {}
    if request.system is not None:
        yield {"role": "system", "content": request.system}
    for message in request.messages:
        yield from _TURNS[message.role](message.parts, names)


def _system(parts: tuple[Part, ...], names: Names) -> Iterator[JSON]:
    yield {"role": "system", "content": _joined(parts, "system")}


def _user(parts: tuple[Part, ...], names: Names) -> Iterator[JSON]:
    images = [_image(part) for part in parts if isinstance(part, Image)]
    said: dict[str, JSON] = {
        "role": "user",
        "content": _joined([part for part in parts if not isinstance(part, Image)], "user"),
    }
    yield said | ({"images": images} if images else {})


def _assistant(parts: tuple[Part, ...], names: Names) -> Iterator[JSON]:
    calls = [part for part in parts if isinstance(part, ToolCall)]
    names |= {call.id: call.name for call in calls}
    thoughts = "".join(part.text for part in parts if isinstance(part, Thinking))
    drawn = [one for part in parts if isinstance(part, Opaque) and part.kind == IMAGES for one in part.raw]
    texts = [part for part in parts if not isinstance(part, ToolCall | Thinking) and not _drawn(part)]
    said: dict[str, JSON] = {"role": "assistant", "content": _joined(texts, "assistant")}
    if thoughts:
        said["thinking"] = thoughts
    if drawn:
        said["images"] = drawn
    if calls:
        said["tool_calls"] = [call_of(call) for call in calls]
    yield said


def _drawn(part: Part) -> bool:
    return isinstance(part, Opaque) and part.kind == IMAGES


def call_of(call: ToolCall) -> dict[str, JSON]:
    """A call; on this wire its arguments are an object, not text."""
    if not isinstance(call.input, dict):
        raise UnsupportedError(
            f"the arguments of call {call.id!r} are no JSON object: {call.arguments[:80]!r}",
            "ollama takes an object: mend or drop the call before replaying it",
        )
    named = {"id": call.id} if call.id else {}
    return {**named, "function": {"name": call.name, "arguments": call.input}}


def _tool_results(parts: tuple[Part, ...], names: Names) -> Iterator[JSON]:
    for part in parts:
        if not isinstance(part, ToolResult):
            raise UnsupportedError(f"a tool message holds tool results only, not {type(part).__name__}")
        # is_error has no flag in this language: the text of the result says it
        images = [_image(one) for one in part.content if isinstance(one, Image)]
        said: dict[str, JSON] = {
            "role": "tool",
            "content": _joined([one for one in part.content if not isinstance(one, Image)], "tool"),
        }
        if name := names.get(part.call_id):
            said["tool_name"] = name
        if part.call_id:
            said["tool_call_id"] = part.call_id
        yield said | ({"images": images} if images else {})


_TURNS: Mapping[Role, Callable[[tuple[Part, ...], Names], Iterator[JSON]]] = {
    "system": _system,
    "user": _user,
    "assistant": _assistant,
    "tool": _tool_results,
}


def _joined(parts: Sequence[Part], role: str) -> str:
    for part in parts:
        if not isinstance(part, Text):
            raise UnsupportedError(f"ollama takes no {type(part).__name__} in a message of role {role}")
    return "\n".join(part.text for part in parts if isinstance(part, Text))


def _image(image: Image) -> str:
    """Base64 as it is. What kind of picture it is, the server sees from its bytes."""
    if image.data is None:
        raise UnsupportedError("ollama takes images as bytes only, not by URL", "download the image and give its data")
    if image.detail is not None:
        raise UnsupportedError("ollama has no detail of an image")
    return image.data
