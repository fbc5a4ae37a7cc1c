"""Rules on the messages of a request.

Rule of the file: a rule speaks of one thing; what another rule already names is passed over.
"""

from __future__ import annotations

import base64
import binascii
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
    """A request names its model, in its body or as a deployment in its path, and brings at least one message."""
    said = reading.heard if isinstance(reading.heard, dict) else {}
    if not isinstance(model := said.get("model"), str) or not model:
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
    if not isinstance(kind, str) or kind not in USER_PARTS:
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
        return bool(base64.b64decode("".join(data.split()), validate=True))
    except (binascii.Error, ValueError):
        return False
