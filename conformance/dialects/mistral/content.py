"""Content of this language: a string, or a list of typed parts, read in order.

Rule of the file: text and thinking are pieces of text, whatever their nesting; every other part is kept as it came.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from conformance.dialects.openai_chat.reply import text_of
from conformance.model import JSON, Opaque, Text, Thinking


class Piece(NamedTuple):
    """One part of a list: a text, a thought, or the raw part."""

    text: str = ""
    thinking: bool = False
    signature: str | None = None
    raw: JSON = None


def pieces_of(content: list[JSON]) -> Iterator[Piece]:
    """The parts of a list in order; empty texts say nothing."""
    for part in content:
        if isinstance(part, str):
            part = {"type": "text", "text": part}
        kind = part.get("type") if isinstance(part, dict) else None
        if kind == "thinking":
            signed = text_of(part.get("signature")) or None
            if (text := _thought(part.get("thinking"))) or signed:
                yield Piece(text, True, signed)
        elif kind == "text":
            if text := text_of(part.get("text")):
                yield Piece(text)
        elif isinstance(part, dict):
            yield Piece(raw=part)


def _thought(thinking: JSON) -> str:
    if isinstance(thinking, list):
        return "".join(text_of(one.get("text")) for one in thinking if isinstance(one, dict))
    return text_of(thinking)


def parts_of(content: JSON) -> Iterator[Text | Thinking | Opaque]:
    """The canonical parts of a whole content; neighbours of one kind are one part, as in a stream."""
    if not isinstance(content, list):
        if text := text_of(content):
            yield Text(text)
        return
    held: list[Piece] = []
    for piece in pieces_of(content):
        if held and (piece.raw is not None or piece.thinking != held[0].thinking):
            yield _joined(held)
            held = []
        if piece.raw is not None:
            yield Opaque(text_of(piece.raw.get("type")), piece.raw)
        else:
            held.append(piece)
    if held:
        yield _joined(held)


def _joined(pieces: list[Piece]) -> Text | Thinking:
    text = "".join(piece.text for piece in pieces)
    if not pieces[0].thinking:
        return Text(text)
    return Thinking(text, next((piece.signature for piece in reversed(pieces) if piece.signature), None))


def said_parts(parts: tuple[Text | Thinking | Opaque, ...]) -> JSON:
    """Parts as content: a string where text is all there is, else the list."""
    if all(isinstance(part, Text) for part in parts):
        return "".join(part.text for part in parts if isinstance(part, Text))
    return [said_part(part) for part in parts]


def said_part(part: Text | Thinking | Opaque) -> JSON:
    """One part as it stands in a list."""
    match part:
        case Text(text):
            return {"type": "text", "text": text}
        case Thinking(text, signature):
            thought: dict[str, JSON] = {"type": "thinking", "thinking": [{"type": "text", "text": text}]}
            return thought | ({"signature": signature} if signature else {})
        case Opaque(_, raw):
            return raw
