"""Facts of a request body that rules and server half both need: blocks, tools, calls and their answers.

Rule of the file: pure looks at any JSON; every fact comes with the path where it stands, and nothing raises.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from conformance.model import JSON

from .words import list_of, object_of


class Placed(NamedTuple):
    """A content block with its place."""

    turn: int
    role: JSON
    path: str
    block: dict[str, JSON]

    def inside(self, key: str) -> dict[str, JSON]:
        """What stands under a key, when it is an object; else an empty one."""
        return object_of(self.block.get(key))


class Fault(NamedTuple):
    """What is wrong, and where."""

    path: str
    message: str
    got: JSON = None


def messages_in(body: JSON) -> Iterator[tuple[int, dict[str, JSON]]]:
    """Each message that is an object, with its number."""
    for number, message in enumerate(list_of(object_of(body).get("messages"))):
        if isinstance(message, dict):
            yield number, message


def blocks_in(body: JSON) -> Iterator[Placed]:
    """Each content block of each message."""
    for turn, message in messages_in(body):
        for number, block in enumerate(list_of(message.get("content"))):
            if isinstance(block, dict):
                yield Placed(turn, message.get("role"), f"$.messages[{turn}].content[{number}]", block)


def results_in(body: JSON) -> Iterator[tuple[str, dict[str, JSON]]]:
    """Each piece of each tool result, with its path."""
    for placed in blocks_in(body):
        for number, piece in enumerate(list_of(placed.inside("toolResult").get("content"))):
            if isinstance(piece, dict):
                yield f"{placed.path}.toolResult.content[{number}]", piece


def images_in(body: JSON) -> Iterator[tuple[str, dict[str, JSON]]]:
    """Each image, of a message or of a tool's result."""
    for placed in blocks_in(body):
        if "image" in placed.block:
            yield f"{placed.path}.image", placed.inside("image")
    for path, piece in results_in(body):
        if "image" in piece:
            yield f"{path}.image", object_of(piece["image"])


def specs_in(body: JSON) -> Iterator[tuple[str, dict[str, JSON]]]:
    """Each function of the client among the tools."""
    config = object_of(object_of(body).get("toolConfig"))
    for number, tool in enumerate(list_of(config.get("tools"))):
        if isinstance(tool, dict) and isinstance(tool.get("toolSpec"), dict):
            yield f"$.toolConfig.tools[{number}].toolSpec", tool["toolSpec"]


def misplaced_results(body: JSON) -> Iterator[Fault]:
    """Each `toolResult` that answers no call of the turn right before it, or stands outside a user's turn."""
    asked: dict[int, set[str]] = {}
    for placed in blocks_in(body):
        if placed.role == "assistant" and "toolUse" in placed.block:
            asked.setdefault(placed.turn, set()).add(str(placed.inside("toolUse").get("toolUseId")))
        if "toolResult" not in placed.block:
            continue
        word = str(placed.inside("toolResult").get("toolUseId"))
        if placed.role != "user":
            server_side = placed.role == "assistant"  # the result of a tool that the service itself ran
            if not server_side:
                yield Fault(placed.path, "toolResult blocks stand in user messages only", word)
        elif word not in asked.get(placed.turn - 1, ()):
            yield Fault(placed.path, f"toolUseId {word!r} is no toolUse of the message before", word)


def schema_faults(body: JSON) -> Iterator[Fault]:
    """The schema of the answer when it is no text that holds a JSON object."""
    found: JSON = body
    for key in ("outputConfig", "textFormat", "structure", "jsonSchema"):
        found = object_of(found).get(key)
    if not isinstance(found, dict):
        return
    path, schema = "$.outputConfig.textFormat.structure.jsonSchema.schema", found.get("schema")
    try:
        value = json.loads(schema) if isinstance(schema, str) else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        yield Fault(path, "the schema is not a text that holds a JSON object", schema)
