"""A whole 2xx body -> Reply, and what one finished output item means, streamed or not.

Rule of the file: an item without a canonical word, and reasoning that says nothing, is kept whole as `Opaque`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from conformance.dialects.openai_chat.reply import arguments_of, text_of
from conformance.model import JSON, Opaque, Reply, Text, Thinking, ToolCall

from .words import PARAGRAPH, stop_of, usage_of

Item: TypeAlias = dict[str, JSON]
ReplyPart: TypeAlias = Text | Thinking | ToolCall | Opaque


def reply_of(value: JSON) -> Reply:
    """The finished answer. Raises `ValueError` for a body that is no answer, a failed one too."""
    if not isinstance(value, dict):
        raise ValueError(f"the reply is {type(value).__name__}, not an object")
    if value.get("error"):
        raise ValueError("the reply holds an error object")
    if not isinstance(value.get("output"), list):
        raise ValueError("the reply has no list `output`")
    if value.get("status") in ("failed", "cancelled"):
        raise ValueError(f"the reply has status {value['status']}")
    items = items_of(value)
    parts = tuple(part for item in items for part in parts_of(item))
    return Reply(
        id=text_of(value.get("id")),
        model=text_of(value.get("model")),
        parts=parts,
        stop=stop_of(
            text_of(value.get("status")),
            reason_of(value),
            calls=any(isinstance(part, ToolCall) for part in parts),
            refused=any(refuses(item) for item in items),
        ),
        usage=usage_of(value.get("usage")),
    )


def items_of(response: JSON) -> list[Item]:
    """The output items that are objects."""
    output = response.get("output") if isinstance(response, dict) else None
    return [item for item in output if isinstance(item, dict)] if isinstance(output, list) else []


def reason_of(response: JSON) -> str:
    """Why an answer is incomplete; "" when it does not say."""
    details = response.get("incomplete_details") if isinstance(response, dict) else None
    return text_of(details.get("reason")) if isinstance(details, dict) else ""


def parts_of(item: Item) -> Iterator[ReplyPart]:
    """The canonical parts of one finished item."""
    read = _ITEMS.get(text_of(item.get("type")))
    if read is None:
        yield Opaque(text_of(item.get("type")), item)
    else:
        yield from read(item)


def pieces_of(item: Item, key: str) -> list[Item]:
    """The parts under `content` or `summary` that are objects; a bare string is one part."""
    found = item.get(key)
    if isinstance(found, str) and found:
        return [{"type": "output_text", "text": found}]
    return [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []


def said_in(part: Item) -> str:
    """The text of a content part: of a refusal what it says."""
    return text_of(part.get("refusal") if part.get("type") == "refusal" else part.get("text"))


def refuses(item: Item) -> bool:
    """Whether a message has a part that refuses."""
    return item.get("type") == "message" and any(part.get("type") == "refusal" for part in pieces_of(item, "content"))


def _message(item: Item) -> Iterator[ReplyPart]:
    yield from map(content_of, pieces_of(item, "content"))


def content_of(part: Item) -> Text | Opaque:
    """One content part of a message."""
    return Text(said_in(part)) if part.keys() & {"text", "refusal"} else Opaque(text_of(part.get("type")), part)


def reasoning_in(item: Item) -> Iterator[Thinking | Opaque]:
    """All that a reasoning item says as one `Thinking`; one that says nothing is kept whole for its id."""
    said = [said_in(part) for key in ("summary", "content") for part in pieces_of(item, key)]
    text, signature = PARAGRAPH.join(filter(None, said)), signature_of(item)
    yield Thinking(text, signature) if text or signature else Opaque("reasoning", item)


def signature_of(item: Item) -> str | None:
    """What gives reasoning back its context in the next request."""
    return text_of(item.get("encrypted_content")) or None


def _call(item: Item) -> Iterator[ReplyPart]:
    yield ToolCall(call_id_of(item), text_of(item.get("name")), arguments_in(item))


def call_id_of(item: Item) -> str:
    """The id that the result of a call answers to."""
    return text_of(item.get("call_id")) or text_of(item.get("id"))


def arguments_in(item: Item) -> str:
    """The arguments of a call as JSON text; the free text of a custom tool stands where arguments stand."""
    return arguments_of(item.get("input") if item.get("type") == "custom_tool_call" else item.get("arguments"))


_ITEMS: Mapping[str, Callable[[Item], Iterator[ReplyPart]]] = {
    "message": _message,
    "reasoning": reasoning_in,
    "function_call": _call,
    "custom_tool_call": _call,
}
