"""`contents` and `systemInstruction` -> canonical messages.

Rule of the file: bodies come here checked and in camelCase. A part without a canonical word is kept whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from conformance.model import JSON, Image, Message, Opaque, Part, Text, Thinking, ToolCall, ToolResult

from .ids import made
from .turns import FOREIGN
from .words import DATA_FIELDS

Item = dict[str, JSON]


def messages_of(contents: list[Item]) -> tuple[Message, ...]:
    """The turns; results of tools become messages of their own."""
    said: list[Message] = []
    calls = Calls()
    for turn in contents:
        parts = turn.get("parts") or []
        if turn.get("role") == "model":
            said.append(Message("assistant", tuple(_model(part, calls) for part in parts)))
            continue
        results = tuple(_result(part["functionResponse"], calls) for part in parts if "functionResponse" in part)
        others = tuple(_user(part) for part in parts if "functionResponse" not in part)
        said += [Message("tool", results)] if results else []
        said += [Message("user", others)] if others or not results else []
    return tuple(said)


def system_of(instruction: JSON) -> tuple[str | None, tuple[Message, ...]]:
    """The system text, or a message of system texts when there are several."""
    parts = instruction.get("parts") if isinstance(instruction, dict) else None
    texts = [part.get("text") or "" for part in parts or ()]
    if len(texts) < 2:
        return (texts[0] if texts else None), ()
    return None, (Message("system", tuple(map(Text, texts))),)


class Calls:
    """The calls so far: ids for those without one, and which call a result answers."""

    def __init__(self) -> None:
        self._count = 0
        self._open: list[tuple[str, str]] = []  # id and name of calls without a result

    def heard(self, call: Item) -> str:
        """The id of a call that comes next."""
        id = call.get("id") or made("", self._count)
        self._count += 1
        self._open.append((id, call.get("name") or ""))
        return id

    def answered(self, result: Item) -> str:
        """The id of the call that a result answers: its own, else the first open call of its name."""
        wanted, name = result.get("id"), result.get("name")
        found = next((one for one in self._open if one[0] == wanted), None)
        found = found or next((one for one in self._open if one[1] == name), None)
        if found is None:
            return wanted or ""
        self._open.remove(found)
        return found[0]


def _user(part: Item) -> Part:
    if isinstance(part.get("text"), str):
        return Text(part["text"], part.get("thoughtSignature"))
    return _image(part) or _opaque(part)


def _model(part: Item, calls: Calls) -> Part:
    signature = part.get("thoughtSignature")
    if isinstance(call := part.get("functionCall"), dict):
        id = calls.heard(call)
        seal = None if signature == FOREIGN else signature
        return ToolCall(id, call.get("name") or "", _dump(call.get("args") or {}), seal)
    if part.get("thought") and isinstance(part.get("text"), str):
        return Thinking(part["text"], signature)
    return _user(part)


def _image(part: Item) -> Image | None:
    """An image; other files have no canonical word, and neither has an image with more said of it."""
    blob, file = part.get("inlineData"), part.get("fileData")
    held = blob or file or {}
    if len(part) != 1 or not str(held.get("mimeType", "")).startswith("image/"):
        return None
    if blob and blob.keys() == {"mimeType", "data"}:
        return Image(data=blob["data"], media_type=blob["mimeType"])
    if file and file.keys() == {"mimeType", "fileUri"}:
        return Image(url=file["fileUri"], media_type=file["mimeType"])
    return None


def _opaque(part: Item) -> Opaque:
    return Opaque(next((name for name in DATA_FIELDS if name in part), next(iter(part), "")), part)


def _result(result: Item, calls: Calls) -> ToolResult:
    response = result.get("response") or {}
    images = [_image(part) for part in result.get("parts") or ()]
    content = tuple(_texts(response)) + tuple(one for one in images if one)
    return ToolResult(calls.answered(result), content, "error" in response)


def _texts(response: Item) -> Iterator[Text]:
    """What a result says: its one text, or all of it as JSON."""
    said = [response[key] for key in ("output", "error", "result") if key in response]
    if len(response) == 1 and said and isinstance(said[0], str):
        yield from [Text(said[0])] if said[0] else []
    else:
        yield Text(_dump(response))


def _dump(value: JSON) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
