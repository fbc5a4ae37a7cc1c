"""What each event tells of its output item.

Rule of the file: one function for each way of telling, found by the event's type; items know themselves what to make
of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from conformance.dialects.openai_chat.reply import text_of
from conformance.model import Event

from .frames import Frame
from .gathering import Gathering
from .items import AnyItem, MessageItem
from .items_call import CallItem
from .items_reasoning import ReasoningItem
from .reply import said_in


def _text_delta(items: Gathering, frame: Frame, out: list[Event]) -> None:
    if frame.delta:
        items.item(frame, MessageItem, out).delta(frame.content_index or 0, frame.delta, out)


def _refusal_delta(items: Gathering, frame: Frame, out: list[Event]) -> None:
    item = items.item(frame, MessageItem, out)
    item.refused = True
    if frame.delta:
        item.delta(frame.content_index or 0, frame.delta, out)


def _reasoning_delta(items: Gathering, frame: Frame, out: list[Event]) -> None:
    if frame.delta:
        items.item(frame, ReasoningItem, out).delta(_key(frame), frame.delta, out)


def _arguments_delta(items: Gathering, frame: Frame, out: list[Event]) -> None:
    if frame.delta:
        items.item(frame, CallItem, out).delta(0, frame.delta, out)


def _whole(items: Gathering, frame: Frame, out: list[Event]) -> None:
    """All of a text: it counts where no delta came."""
    kind, field = _WHOLES[frame.type]
    item = items.item(frame, kind, out)
    item.refused = item.refused or field == "refusal"
    item.whole(_key(frame), getattr(frame, field) or "", out)


def _part(items: Gathering, frame: Frame, out: list[Event]) -> None:
    """A part begins, or is done and says all of its text."""
    part = frame.part if isinstance(frame.part, dict) else {}
    kind = _PARTS.get(text_of(part.get("type")))
    if kind is None:
        return
    item = items.item(frame, kind, out)
    item.refused = item.refused or part.get("type") == "refusal"
    if frame.type.endswith(".done"):
        item.whole(_key(frame), said_in(part), out)
    elif isinstance(item, MessageItem) and not item.ended:
        item.begin(_key(frame), out)


def _key(frame: Frame) -> int:
    """Which part of its item an event is about: see `items.Key`."""
    return (frame.content_index or 0) if frame.summary_index is None else -1 - frame.summary_index


_PARTS: Mapping[str, type[AnyItem]] = {
    "output_text": MessageItem,
    "refusal": MessageItem,
    "reasoning_text": ReasoningItem,
    "summary_text": ReasoningItem,
}

_WHOLES: Mapping[str, tuple[type[AnyItem], str]] = {
    "response.output_text.done": (MessageItem, "text"),
    "response.refusal.done": (MessageItem, "refusal"),
    "response.reasoning_summary_text.done": (ReasoningItem, "text"),
    "response.reasoning_text.done": (ReasoningItem, "text"),
    "response.function_call_arguments.done": (CallItem, "arguments"),
    "response.custom_tool_call_input.done": (CallItem, "input"),
}
"""Events that say all of a text: of which kind of item, in which field."""

TELLS: Mapping[str, Callable[[Gathering, Frame, list[Event]], None]] = {
    "response.output_text.delta": _text_delta,
    "response.refusal.delta": _refusal_delta,
    "response.reasoning_summary_text.delta": _reasoning_delta,
    "response.reasoning_text.delta": _reasoning_delta,
    "response.function_call_arguments.delta": _arguments_delta,
    "response.custom_tool_call_input.delta": _arguments_delta,
    **dict.fromkeys(_WHOLES, _whole),
    "response.content_part.added": _part,
    "response.content_part.done": _part,
    "response.reasoning_summary_part.done": _part,
    "response.output_item.added": Gathering.added,
    "response.output_item.done": Gathering.done,
}
"""Events about one item, by their type."""
