"""Facts of a request body that rules and server half both need: blocks, answers to calls, what a version forbids.

Rule of the file: pure looks at any JSON; every fact comes with the path where it stands, and nothing raises.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise, takewhile
from typing import NamedTuple

from conformance.dialects.anthropic_messages.words import SAMPLING
from conformance.model import JSON


class Placed(NamedTuple):
    """A content block with its place."""

    role: str
    path: str
    block: dict[str, JSON]

    @property
    def kind(self) -> JSON:
        return self.block.get("type")


class Fault(NamedTuple):
    """What is wrong, and where."""

    path: str
    message: str
    got: JSON = None


def messages_in(body: JSON) -> Iterator[tuple[str, dict[str, JSON]]]:
    """Each message that is an object, with its path."""
    found = body.get("messages") if isinstance(body, dict) else None
    for number, message in enumerate(found if isinstance(found, list) else ()):
        if isinstance(message, dict):
            yield f"$.messages[{number}]", message


def blocks_in(body: JSON) -> Iterator[Placed]:
    """Each content block of each message; a content that is a string counts as one text block."""
    for path, message in messages_in(body):
        role, content = message.get("role"), message.get("content")
        if isinstance(content, str):
            yield Placed(str(role), f"{path}.content", {"type": "text", "text": content})
        for number, block in enumerate(content if isinstance(content, list) else ()):
            if isinstance(block, dict):
                yield Placed(str(role), f"{path}.content[{number}]", block)


def _turns(body: JSON) -> list[tuple[str, list[Placed]]]:
    """The conversation as the server sees it: neighbours of one role merged, system messages set aside."""
    spoken = (placed for placed in blocks_in(body) if placed.role in ("user", "assistant"))
    return [(role, list(blocks)) for role, blocks in groupby(spoken, lambda placed: placed.role)]


def misplaced_results(body: JSON) -> Iterator[Fault]:
    """Each `tool_result` that answers no call of the turn right before it, or stands outside a user's turn."""
    asked: set[JSON] = set()
    for role, blocks in _turns(body):
        for placed in blocks:
            if placed.kind != "tool_result":
                continue
            wanted = _word(placed.block.get("tool_use_id"))
            if role != "user":
                yield Fault(placed.path, "`tool_result` blocks stand in user messages only", wanted)
            elif wanted not in asked:
                yield Fault(placed.path, f"`tool_use_id` {wanted} is no `tool_use` of the message before", wanted)
        asked = set(_calls(blocks)) if role == "assistant" else set()


def unanswered_calls(body: JSON) -> Iterator[Fault]:
    """Each client call without a `tool_result` at the head of the user's turn right after it."""
    for (role, blocks), (_, after) in pairwise((*_turns(body), ("", []))):
        if role != "assistant":
            continue
        head = takewhile(lambda placed: placed.kind == "tool_result", after)
        answered = {_word(placed.block.get("tool_use_id")) for placed in head}
        for word, path in _calls(blocks).items():
            if word not in answered:
                late = any(_word(placed.block.get("tool_use_id")) == word for placed in after)
                how = "only after other blocks" if late else "nowhere"
                yield Fault(path, f"`tool_use` {word} is answered {how} in the next user message", word)


def _calls(blocks: list[Placed]) -> dict[JSON, str]:
    return {_word(placed.block.get("id")): placed.path for placed in blocks if placed.kind == "tool_use"}


def _word(value: JSON) -> JSON:
    return value if isinstance(value, str) else None


def sampling(body: JSON) -> Iterator[Fault]:
    """Each sampling parameter that is set."""
    for name in SAMPLING:
        if isinstance(body, dict) and body.get(name) is not None:
            yield Fault(f"$.{name}", f"{name} is not supported by this version", body[name])


def assistant_documents(body: JSON) -> Iterator[Fault]:
    """Each `document` block that stands directly in an assistant's turn."""
    for placed in blocks_in(body):
        if placed.role == "assistant" and placed.kind == "document":
            yield Fault(placed.path, "`document` blocks stand in user messages only")


def user_citations(body: JSON) -> Iterator[Fault]:
    """Each non-empty `citations` on text of the user, also inside a search result."""
    for placed in blocks_in(body):
        if placed.role == "user":
            for path, block in (placed[1:], *_inside(placed)):
                if block.get("type") == "text" and block.get("citations"):
                    yield Fault(f"{path}.citations", "text of the user carries no citations", block["citations"])


def _inside(placed: Placed) -> Iterator[tuple[str, dict[str, JSON]]]:
    content = placed.block.get("content") if placed.kind in ("search_result", "tool_result") else None
    for number, block in enumerate(content if isinstance(content, list) else ()):
        if isinstance(block, dict):
            path = f"{placed.path}.content[{number}]"
            yield path, block
            yield from _inside(Placed(placed.role, path, block))
