"""Canonical messages -> `contents` and `systemInstruction`.

Rule of the file: one function a part, found by its kind; what has no place in a turn is refused aloud. Results name the
function that they answer, so the calls before them are looked up.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, groupby

from conformance.errors import UnsupportedError
from conformance.model import (
    JSON,
    ChatRequest,
    Image,
    Message,
    Opaque,
    Part,
    Role,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)

from .ids import is_made

Calls = Mapping[str, ToolCall]

FOREIGN = "skip_thought_signature_validator"
"""What Google documents for calls that the model did not make itself: it stands where their signature would."""

_NEW = re.compile(r"gemini-(?:[3-9]|\d\d)")


def needs_seal(model: str) -> bool:
    """Whether a model refuses calls without a signature: Gemini 3 and later."""
    return bool(_NEW.search(model))


def system_of(request: ChatRequest) -> JSON:
    """The system instruction; messages of role system before all others belong to it."""
    texts = [] if request.system is None else [Text(request.system)]
    for message in _leading(request.messages):
        texts += [_system_text(part) for part in message.parts]
    return {"parts": [{"text": one.text} for one in texts]} if texts else None


def contents_of(request: ChatRequest) -> list[JSON]:
    """The turns. Neighbouring messages of tool results are one turn: all results of a step stand together."""
    said: list[JSON] = []
    calls: dict[str, ToolCall] = {}
    messages = request.messages[len(_leading(request.messages)) :]
    for role, group in groupby(messages, lambda message: message.role):
        if role == "system":
            raise UnsupportedError(
                "gemini takes system text in systemInstruction only", "put system messages before all others"
            )
        turns = [message.parts for message in group]
        for parts in [tuple(chain(*turns))] if role == "tool" else turns:
            read = _TURNS[role]
            items = [read(part, calls) for part in parts]
            if needs_seal(request.model):
                _seal_first_call(items)
            said.append({"role": _ROLES[role], "parts": items})
            calls |= {part.id: part for part in parts if isinstance(part, ToolCall)}
    return said


def _leading(messages: Iterable[Message]) -> list[Message]:
    first = next(groupby(messages, lambda message: message.role), None)
    return list(first[1]) if first and first[0] == "system" else []


def _system_text(part: Part) -> Text:
    if isinstance(part, Text):
        return part
    raise UnsupportedError(f"gemini takes no {type(part).__name__} in systemInstruction")


def _seal_first_call(items: list[JSON]) -> None:
    """Gemini 3 refuses a step whose first call bears no signature; one that was never made by a Gemini has none."""
    first = next((item for item in items if isinstance(item, dict) and "functionCall" in item), None)
    if first is not None and not first.get("thoughtSignature"):
        first["thoughtSignature"] = FOREIGN


# ------------------------------------------------------------------ parts of each side


def _user(part: Part, calls: Calls) -> JSON:
    match part:
        case Text():
            return _text(part)
        case Image():
            return _image(part)
        case Opaque(_, raw):
            return raw
    raise UnsupportedError(f"gemini takes no {type(part).__name__} in a turn of the user")


def _model(part: Part, calls: Calls) -> JSON:
    match part:
        case Text():
            return _text(part)
        case Thinking(text, signature, redacted):
            if redacted is not None:
                raise UnsupportedError("gemini takes back no hidden reasoning of another vendor", "leave it out")
            return {"text": text, "thought": True} | _sealed(signature)
        case ToolCall():
            return {"functionCall": _call(part)} | _sealed(part.signature)
        case Image():
            return _image(part)
        case Opaque(_, raw):
            return raw
    raise UnsupportedError(f"gemini takes no {type(part).__name__} in a turn of the model")


def _tool(part: Part, calls: Calls) -> JSON:
    match part:
        case ToolResult():
            return {"functionResponse": _result(part, calls)}
        case Opaque(_, raw):
            return raw
    raise UnsupportedError(f"a tool message holds tool results only, not {type(part).__name__}")


_TURNS: Mapping[Role, Callable[[Part, Calls], JSON]] = {"user": _user, "assistant": _model, "tool": _tool}
_ROLES: Mapping[Role, str] = {"user": "user", "assistant": "model", "tool": "user"}


def _text(part: Text) -> dict[str, JSON]:
    return {"text": part.text} | _sealed(part.signature)


def _sealed(signature: str | None) -> dict[str, JSON]:
    return {"thoughtSignature": signature} if signature else {}


def _image(image: Image) -> dict[str, JSON]:
    """An image: its bytes, or where a file lies. How closely to look at one image cannot be said."""
    if (image.url is None) == (image.data is None):
        raise UnsupportedError("an image has either a URL or data, exactly one of them")
    if image.detail not in (None, "auto"):
        raise UnsupportedError("gemini takes no detail of a single image", "set generationConfig.mediaResolution")
    if image.data is not None:
        return {"inlineData": {"mimeType": image.media_type, "data": image.data}}
    kind = mimetypes.guess_type(image.url or "")[0] or image.media_type
    return {"fileData": {"mimeType": kind, "fileUri": image.url}}


def _call(call: ToolCall) -> dict[str, JSON]:
    arguments = call.input
    if not isinstance(arguments, dict):
        raise UnsupportedError(f"gemini takes the arguments of a call as an object, not {call.arguments[:80]!r}")
    named: dict[str, JSON] = {"name": call.name, "args": arguments}
    return named if is_made(call.id) else named | {"id": call.id}


def _result(result: ToolResult, calls: Calls) -> dict[str, JSON]:
    call = calls.get(result.call_id)
    if call is None:
        raise UnsupportedError(
            f"gemini answers a call by its name, and no call {result.call_id!r} comes before its result",
            "send the whole history, the model's call included",
        )
    said = "".join(_texts(result))
    images = [_image(part) for part in result.content if isinstance(part, Image)]
    answer: dict[str, JSON] = {"name": call.name, "response": {"error" if result.is_error else "output": said}}
    return answer | ({} if is_made(call.id) else {"id": call.id}) | ({"parts": images} if images else {})


def _texts(result: ToolResult) -> Iterator[str]:
    yield from (part.text for part in result.content if isinstance(part, Text))
