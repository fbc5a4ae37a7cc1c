"""Facts of a request body that is well formed and makes no sense to the vendor: words of other languages, doubles.

Rule of the file: as in `turns`: pure looks at any JSON, every fact with the path where it stands, and nothing raises.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from conformance.dialects.anthropic_messages.turns import Fault, blocks_in, messages_in
from conformance.dialects.repeating import doubled
from conformance.model import JSON

FOREIGN_FIELDS = (
    "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs", "max_completion_tokens", "n",
    "parallel_tool_calls", "presence_penalty", "reasoning_effort", "seed", "stop", "stream_options", "top_logprobs",
)  # fmt: skip
"""Fields by which other languages ask for the same, or for what this one has not."""

FOREIGN_BLOCKS = ("image_url", "input_audio", "input_image", "input_text", "output_text", "function_call", "tool_call")

_BEGINS = {"image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8\xff", "image/gif": b"GIF8", "image/webp": b"RIFF"}


def foreign_words(body: JSON) -> Iterator[Fault]:
    """Each field, block, call or tool that is told as another language tells it."""
    for name in FOREIGN_FIELDS:
        if isinstance(body, dict) and body.get(name) is not None:
            yield Fault(f"$.{name}", f"{name} is a field of another language", body[name])
    for placed in blocks_in(body):
        if placed.kind in FOREIGN_BLOCKS:
            yield Fault(f"{placed.path}.type", "this block is one of another language", placed.kind)
    for path, message in messages_in(body):
        for name in ("tool_calls", "tool_call_id", "function_call"):
            if name in message:
                yield Fault(f"{path}.{name}", f"{name} is a field of another language", message[name])
    for path, tool in tools_in(body):
        if tool.get("type") == "function" or isinstance(tool.get("function"), dict):
            yield Fault(path, "the tool is declared as in another language", tool)


def doubled_tools(body: JSON) -> Iterator[Fault]:
    """Each tool whose name one before it has."""
    for path, name in doubled((f"{path}.name", tool.get("name")) for path, tool in tools_in(body)):
        yield Fault(path, "two tools have the same name", name)


def blank_stops(body: JSON) -> Iterator[Fault]:
    """Each stop sequence without a character that shows."""
    stops = body.get("stop_sequences") if isinstance(body, dict) else None
    for number, one in enumerate(stops if isinstance(stops, list) else ()):
        if isinstance(one, str) and not one.strip():
            yield Fault(f"$.stop_sequences[{number}]", "a stop sequence must hold more than blanks", one)


def empty_texts(body: JSON) -> Iterator[Fault]:
    """Each text block that says nothing."""
    for placed in blocks_in(body):
        if placed.kind == "text" and placed.block.get("text") == "":
            yield Fault(placed.path, "text content blocks must be non-empty", "")


def forced_while_thinking(body: JSON) -> Iterator[Fault]:
    """A tool choice that demands a call while thinking by budget is on."""
    thinking, choice = (body.get(key) if isinstance(body, dict) else None for key in ("thinking", "tool_choice"))
    thinks = isinstance(thinking, dict) and thinking.get("type") == "enabled"
    if thinks and isinstance(choice, dict) and choice.get("type") in ("any", "tool"):
        yield Fault("$.tool_choice.type", "no call may be demanded while thinking is enabled", choice["type"])


def mislabelled_images(body: JSON) -> Iterator[Fault]:
    """Each image whose data is not base64 of what its media type says."""
    for placed in blocks_in(body):
        source = placed.block.get("source")
        if placed.kind != "image" or not isinstance(source, dict) or source.get("type") != "base64":
            continue
        begins, data = _BEGINS.get(str(source.get("media_type"))), source.get("data")
        if begins is None or not isinstance(data, str):
            continue
        found = _begin(data)
        if found is None:
            yield Fault(f"{placed.path}.source.data", "the data of the image is not base64", data[:40])
        elif found in _BEGINS and found != source["media_type"]:
            yield Fault(f"{placed.path}.source.media_type", f"the image is {found}", source["media_type"])


def _begin(data: str) -> str | None:
    """The media type that the first bytes tell, "" for one unknown; None for what is no base64."""
    try:
        head = base64.b64decode(data[:64].ljust(len(data[:64]) + -len(data[:64]) % 4, "="), validate=True)
    except (binascii.Error, ValueError):
        return None
    return next((kind for kind, begins in _BEGINS.items() if head.startswith(begins)), "")


def tools_in(body: JSON) -> Iterator[tuple[str, dict[str, JSON]]]:
    """Each tool that is an object, with its path."""
    tools = body.get("tools") if isinstance(body, dict) else None
    for number, tool in enumerate(tools if isinstance(tools, list) else ()):
        if isinstance(tool, dict):
            yield f"$.tools[{number}]", tool


SENSE = (empty_texts, foreign_words)
"""What the server half refuses for too; the rest is left to the rules, so that any sample request gets its answer."""
