"""Rules on the messages of a request.

Rule of the file: a rule speaks of one thing; what another rule already names is passed over.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator

from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, inside, objects

ROLES = ("developer", "system", "user", "assistant", "tool", "function")
TEXT_ONLY = ("system", "developer", "tool")
USER_PARTS = {"text": "text", "image_url": "image_url", "input_audio": "input_audio", "file": "file"}


@BOOK.rule(
    "OC-Q01",
    "MUST",
    Scope.REQUEST,
    "OpenAPI: CreateChatCompletionRequest",
    good='{"model":"m","messages":[{"role":"user","content":"hi"}]}',
    bad='{"messages":[]}',
    why="the server answers 400",
)
def model_and_messages(reading: Reading) -> Iterator[Violation]:
    """A request names its model and brings at least one message."""
    if not isinstance(model := reading.asked.get("model"), str) or not model:
        yield Violation("model is no string that names a model", "$.model", got=model)
    if not isinstance(messages := reading.asked.get("messages"), list) or not messages:
        yield Violation("messages is no list with a message in it", "$.messages", got=messages)


@BOOK.rule(
    "OC-Q02",
    "MUST",
    Scope.REQUEST,
    "OpenAPI: ChatCompletionRequestMessage",
    good='{"role":"user","content":"hi"}',
    bad='{"role":"model","content":"hi"}',
    why="the server answers 400",
)
def known_role(reading: Reading) -> Iterator[Violation]:
    """Every message has one of the six roles."""
    for at, said in objects(reading.asked, "messages"):
        if said.get("role") not in ROLES:
            yield Violation("role is none of the known ones", f"$.messages[{at}].role", None, ROLES, said.get("role"))


@BOOK.rule(
    "OC-Q03",
    "MUST",
    Scope.REQUEST,
    "OpenAPI: system, developer and tool message content",
    good='{"role":"system","content":"Be brief."}',
    bad='{"role":"system","content":[{"type":"image_url","image_url":{"url":"https://x.example/a.png"}}]}',
    why="the server answers 400: only users may show images",
)
def text_only(reading: Reading) -> Iterator[Violation]:
    """What a system, developer or tool message says is a string or a list of text parts."""
    for at, said in objects(reading.asked, "messages"):
        if said.get("role") not in TEXT_ONLY or isinstance(said.get("content"), str):
            continue
        parts = said.get("content")
        if not isinstance(parts, list) or not all(_is_text(part) for part in parts):
            message = f"content of a {said['role']} message is neither a string nor text parts"
            yield Violation(message, f"$.messages[{at}].content", got=parts)


def _is_text(part: JSON) -> bool:
    return isinstance(part, dict) and part.get("type") == "text" and isinstance(part.get("text"), str)


@BOOK.rule(
    "OC-Q04",
    "MUST",
    Scope.REQUEST,
    "SDK types: ChatCompletionContentPartParam",
    good='{"type":"image_url","image_url":{"url":"https://x.example/a.png"}}',
    bad='{"type":"image_url","image_url":"https://x.example/a.png"}',
    why="the server answers 400",
)
def user_parts(reading: Reading) -> Iterator[Violation]:
    """A part of a user message is text, image_url, input_audio or file, with what belongs to it."""
    for at, said in objects(reading.asked, "messages"):
        if said.get("role") != "user":
            continue
        where = f"$.messages[{at}].content"
        if not isinstance(said.get("content"), str | list):
            yield Violation("content of a user message is neither a string nor a list", where, got=said.get("content"))
        for number, part in objects(said, "content"):
            if wrong := _wrong_part(part):
                yield Violation(wrong, f"{where}[{number}]", got=part)


def _wrong_part(part: dict[str, JSON]) -> str | None:
    kind = part.get("type")
    if kind not in USER_PARTS:
        return f"a user's part has no type {kind!r}"
    held = part.get(USER_PARTS[kind])
    if kind == "text":
        return None if isinstance(held, str) else "a text part has no text"
    if not isinstance(held, dict):
        return f"{kind} is no object"
    if kind == "image_url" and not isinstance(held.get("url"), str):
        return "image_url has no url"
    if kind == "input_audio" and (not isinstance(held.get("data"), str) or held.get("format") not in ("wav", "mp3")):
        return "input_audio has no data, or its format is neither wav nor mp3"
    return None


@BOOK.rule(
    "OC-Q05",
    "MUST",
    Scope.REQUEST,
    "SDK types: ChatCompletionAssistantMessageParam",
    good='{"role":"assistant","content":null,"tool_calls":[…]}',
    bad='{"role":"assistant","content":null}',
    why="the server answers 400",
)
def assistant_says_something(reading: Reading) -> Iterator[Violation]:
    """An assistant message may go without content only if it calls a tool, refuses or replays audio."""
    for at, said in objects(reading.asked, "messages"):
        instead = any(said.get(key) for key in ("tool_calls", "function_call", "audio", "refusal"))
        if said.get("role") == "assistant" and said.get("content") is None and not instead:
            yield Violation("an assistant message says and calls nothing", f"$.messages[{at}]", got=said)


@BOOK.rule(
    "OC-Q06",
    "MUST",
    Scope.REQUEST,
    "SDK types: ChatCompletionMessageToolCallParam",
    good='{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}',
    bad='{"id":"call_1","type":"function","function":{"name":"f","arguments":{}}}',
    why="the server answers 400; chat templates that parse the text crash",
)
def replayed_calls(reading: Reading) -> Iterator[Violation]:
    """A replayed call has an id, a name, and its arguments as a string that holds JSON."""
    for at, said in objects(reading.asked, "messages"):
        for number, call in objects(said, "tool_calls"):
            where = f"$.messages[{at}].tool_calls[{number}]"
            named = call.get("custom") if call.get("type") == "custom" else call.get("function")
            if not call.get("id") or not inside(named, "name"):
                yield Violation("a call lacks its id or its name", where, got=call)
            if call.get("type") != "custom" and not _is_json(inside(named, "arguments")):
                yield Violation(
                    "arguments are no JSON text", f"{where}.function.arguments", got=inside(named, "arguments")
                )


def _is_json(text: JSON) -> bool:
    if not isinstance(text, str):
        return False
    try:
        json.loads(text or "{}")
    except (ValueError, RecursionError):
        return False
    return True


@BOOK.rule(
    "OC-Q07",
    "MUST",
    Scope.REQUEST,
    "OpenAPI: tool message; the server's 400",
    good="assistant calls a and b; tool messages answer a and b; then the next turn",
    bad="assistant calls a; user speaks",
    why="the server answers 400: a call without its result cannot be continued",
)
def calls_are_answered(reading: Reading) -> Iterator[Violation]:
    """Each call of an assistant turn is answered once, before any other message; no answer is without a call."""
    waiting: set[JSON] = set()
    for at, said in objects(reading.asked, "messages"):
        where = f"$.messages[{at}]"
        if said.get("role") == "tool":
            answered = said.get("tool_call_id")
            if not isinstance(answered, str) or answered not in waiting:
                yield Violation("a tool message answers no call that waits", f"{where}.tool_call_id", got=answered)
            else:
                waiting.discard(answered)
            continue
        if waiting:
            yield Violation("calls were left without an answer", where, got=sorted(waiting))
        ids = (call.get("id") for _, call in objects(said, "tool_calls")) if said.get("role") == "assistant" else ()
        waiting = {id for id in ids if isinstance(id, str)}
    if waiting:
        yield Violation("calls were left without an answer", "$.messages", got=sorted(waiting))


@BOOK.rule(
    "OC-Q15",
    "MUST",
    Scope.REQUEST,
    "OpenAPI: image_url.url; RFC 2397",
    good="data:image/png;base64,iVBORw0KGgo=",
    bad="data:image/png;base64,not base64!",
    why="the server cannot decode the image and answers 400",
)
def data_urls(reading: Reading) -> Iterator[Violation]:
    """An image in a data URL names its media type and holds valid base64."""
    for at, said in objects(reading.asked, "messages"):
        for number, part in objects(said, "content"):
            url = inside(part, "image_url", "url")
            if isinstance(url, str) and url[:5].lower() == "data:" and not _is_data_url(url):
                where = f"$.messages[{at}].content[{number}].image_url.url"
                yield Violation("the data URL is not data:<mime>;base64,<base64>", where, got=url[:80])


def _is_data_url(url: str) -> bool:
    head, comma, data = url[5:].partition(",")
    if not comma or "/" not in head or not head.lower().endswith(";base64"):
        return False
    try:
        return bool(base64.b64decode(data, validate=True))
    except (binascii.Error, ValueError):
        return False
