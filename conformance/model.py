"""The canonical model: one request, one finished answer, one timeline of a streamed answer, for every dialect.

Rule of the file: values only. Nothing here knows a wire format, reads a file or opens a socket.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, TypeAlias

from msgspec import Struct, field

JSON: TypeAlias = Any
"""Any JSON value, as `json.loads` returns it."""

# ------------------------------------------------------------------ vocabulary

Role: TypeAlias = Literal["system", "user", "assistant", "tool"]

StopReason: TypeAlias = Literal["stop", "length", "tool_use", "content_filter", "refusal", "pause", "error", "aborted"]

ErrorKind: TypeAlias = Literal[
    "invalid_request",
    "auth",
    "permission",
    "not_found",
    "conflict",
    "too_large",
    "rate_limit",
    "quota",
    "timeout",
    "cancelled",
    "content_filter",
    "server",
    "overloaded",
    "truncated",
    "protocol",
    "proxy_error",
]

RETRYABLE: frozenset[ErrorKind] = frozenset(
    {"conflict", "rate_limit", "timeout", "server", "overloaded", "truncated", "proxy_error"}
)
"""The kinds after which the same request may well succeed."""


# ------------------------------------------------------------------ parts of a message


class Text(Struct, frozen=True, tag="text", omit_defaults=True):
    """Plain text of either side. `signature` is what some dialects want back with it, unchanged."""

    text: str
    signature: str | None = None


class Image(Struct, frozen=True, tag="image"):
    """An image given by URL or by bytes (base64 text as it travels); exactly one of the two is set."""

    url: str | None = None
    data: str | None = None
    media_type: str = "image/png"
    detail: str | None = None


class Thinking(Struct, frozen=True, tag="thinking"):
    """Reasoning shown by the model. `redacted` is the opaque payload of reasoning that it hid."""

    text: str
    signature: str | None = None
    redacted: str | None = None


class ToolCall(Struct, frozen=True, tag="tool_call", omit_defaults=True):
    """A call that the model asks for. `arguments` is JSON text exactly as it travelled ("" means {})."""

    id: str
    name: str
    arguments: str
    signature: str | None = None
    """What seals the reasoning before the call, to be sent back with it unchanged; most dialects have none."""

    @property
    def input(self) -> JSON:
        """The parsed arguments; None when they are not JSON."""
        try:
            return json.loads(self.arguments or "{}")
        except ValueError:
            return None


class ToolResult(Struct, frozen=True, tag="tool_result"):
    """What came of a call, answered to the model."""

    call_id: str
    content: tuple[Text | Image, ...]
    is_error: bool = False


class Opaque(Struct, frozen=True, tag="opaque"):
    """A block that this model has no word for, kept whole so that nothing is lost on the way back."""

    kind: str
    raw: JSON


Part: TypeAlias = Text | Image | Thinking | ToolCall | ToolResult | Opaque


class Message(Struct, frozen=True):
    """One turn. Tool results stand in messages of role "tool", whatever the dialect does with them."""

    role: Role
    parts: tuple[Part, ...]


# ------------------------------------------------------------------ a request


class Tool(Struct, frozen=True):
    """A function that the model may call; `parameters` is its JSON Schema, intact (None: takes no arguments)."""

    name: str
    description: str = ""
    parameters: Mapping[str, JSON] | None = None
    strict: bool | None = None


class ToolChoice(Struct, frozen=True):
    """Which call is wanted. `name` goes with mode "tool" only."""

    mode: Literal["auto", "none", "required", "tool"]
    name: str | None = None


class ResponseFormat(Struct, frozen=True):
    """Structured output: any JSON object (`schema` None) or JSON that fits `schema`."""

    schema: Mapping[str, JSON] | None = None
    name: str = "answer"
    strict: bool | None = None


class Reasoning(Struct, frozen=True):
    """How much the model shall think: an effort word, a budget in tokens, or both."""

    effort: str | None = None
    budget_tokens: int | None = None


class ChatRequest(Struct, frozen=True, kw_only=True):
    """The canonical request. None means: not said, so nothing may be sent for it."""

    model: str
    messages: tuple[Message, ...]
    system: str | None = None
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    stop: tuple[str, ...] = ()
    response_format: ResponseFormat | None = None
    reasoning: Reasoning | None = None
    stream: bool = False
    extra: Mapping[str, JSON] = field(default_factory=dict)
    """Fields of one dialect that the model has no word for: merged into the top level of the body as they are."""


# ------------------------------------------------------------------ a finished answer


class Usage(Struct, frozen=True):
    """Tokens. `input` is the whole prompt, cache included; `output` includes `reasoning`. None: not reported."""

    input: int | None = None
    output: int | None = None
    cache_read: int | None = None
    cache_write: int | None = None
    reasoning: int | None = None


class Reply(Struct, frozen=True, kw_only=True):
    """The finished answer, whether it was streamed or came whole."""

    id: str = ""
    model: str = ""
    parts: tuple[Text | Thinking | ToolCall | Opaque, ...] = ()
    stop: StopReason = "stop"
    stop_sequence: str | None = None
    usage: Usage = Usage()

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts if isinstance(part, Text))

    @property
    def thinking(self) -> str:
        return "".join(part.text for part in self.parts if isinstance(part, Thinking))

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        return tuple(part for part in self.parts if isinstance(part, ToolCall))

    def says(self) -> tuple[JSON, ...]:
        """What a user sees of the answer, free of how it was cut: equal for a streamed and a whole twin."""
        calls = [(call.name, call.arguments if call.input is None else call.input) for call in self.tool_calls]
        return self.text, self.thinking, calls, self.stop


# ------------------------------------------------------------------ the timeline of a streamed answer


class Start(Struct, frozen=True, tag="Start"):
    """The answer begins. Always first, exactly once."""

    id: str = ""
    model: str = ""


class TextStart(Struct, frozen=True, tag="TextStart"):
    index: int


class TextDelta(Struct, frozen=True, tag="TextDelta", gc=False):
    index: int
    text: str


class TextEnd(Struct, frozen=True, tag="TextEnd"):
    index: int
    text: str


class ThinkingStart(Struct, frozen=True, tag="ThinkingStart"):
    index: int


class ThinkingDelta(Struct, frozen=True, tag="ThinkingDelta", gc=False):
    index: int
    text: str


class ThinkingEnd(Struct, frozen=True, tag="ThinkingEnd"):
    index: int
    text: str
    signature: str | None = None


class ToolCallStart(Struct, frozen=True, tag="ToolCallStart"):
    index: int
    id: str
    name: str


class ToolCallDelta(Struct, frozen=True, tag="ToolCallDelta", gc=False):
    index: int
    arguments: str


class ToolCallEnd(Struct, frozen=True, tag="ToolCallEnd"):
    index: int
    call: ToolCall


class Done(Struct, frozen=True, tag="Done"):
    """The answer is complete. Last, exactly once, unless an `Error` is."""

    reason: StopReason
    usage: Usage
    reply: Reply


class Error(Struct, frozen=True, tag="Error"):
    """The answer failed. Last, exactly once, unless a `Done` is. `retry_after` is in seconds."""

    kind: ErrorKind
    message: str
    retryable: bool = False
    retry_after: float | None = None
    status: int | None = None
    code: str | None = None


Event: TypeAlias = (
    Start
    | TextStart
    | TextDelta
    | TextEnd
    | ThinkingStart
    | ThinkingDelta
    | ThinkingEnd
    | ToolCallStart
    | ToolCallDelta
    | ToolCallEnd
    | Done
    | Error
)


def error(kind: ErrorKind, message: str, **more: Any) -> Error:
    """Make an `Error` whose `retryable` follows from its kind, unless it is given."""
    return Error(kind, message, more.pop("retryable", kind in RETRYABLE), **more)


def name_of(event: Event) -> str:
    """The event's name, as timelines show it."""
    return type(event).__name__


def replay(reply: Reply) -> Iterator[Event]:
    """Tell a finished answer as a timeline, one delta a block: how a whole reply is decoded."""
    yield Start(reply.id, reply.model)
    for index, part in enumerate(reply.parts):
        match part:
            case Text(text):
                yield TextStart(index)
                if text:
                    yield TextDelta(index, text)
                yield TextEnd(index, text)
            case Thinking(text, signature):
                yield ThinkingStart(index)
                if text:
                    yield ThinkingDelta(index, text)
                yield ThinkingEnd(index, text, signature)
            case ToolCall(id, name, arguments):
                yield ToolCallStart(index, id, name)
                if arguments:
                    yield ToolCallDelta(index, arguments)
                yield ToolCallEnd(index, part)
    yield Done(reply.stop, reply.usage, reply)


def user(text: str, *images: Image) -> Message:
    """A user's turn."""
    return Message("user", (Text(text), *images))


def grammar_faults(events: Iterable[Event]) -> Iterator[str]:
    """Name everything that breaks the timeline's grammar (DESIGN section 2); nothing for a sound timeline."""
    content: dict[int, list[str]] = {}
    kinds: dict[int, str] = {}
    terminal: str | None = None
    for seen, event in enumerate(events, 1):
        if isinstance(event, (TextDelta, ToolCallDelta)) and not terminal and event.index in content:
            delta, kind = (event.text, "Text") if isinstance(event, TextDelta) else (event.arguments, "ToolCall")
            if kinds[event.index] == kind:
                content[event.index].append(delta)  # what most of a timeline is made of
                continue
        name = name_of(event)
        if terminal:
            yield f"{name} after {terminal}"
        if isinstance(event, Start):
            if seen != 1:
                yield "Start is not first"
        elif isinstance(event, Done | Error):
            if isinstance(event, Done) and content:
                yield f"Done while block {min(content)} is open"
            if isinstance(event, Done) and seen == 1:
                yield "Done without Start"
            terminal = name
        else:
            if seen == 1:
                yield f"{name} before Start"
            kind = name.removesuffix("Start").removesuffix("Delta").removesuffix("End")
            if name.endswith("Start"):
                if event.index in kinds:
                    yield f"{name} repeats block {event.index}"
                content[event.index], kinds[event.index] = [], kind
            elif event.index not in content or kinds[event.index] != kind:
                yield f"{name} for block {event.index}, which is not an open {kind} block"
            elif isinstance(event, TextDelta | ThinkingDelta):
                content[event.index].append(event.text)
            elif isinstance(event, ToolCallDelta):
                content[event.index].append(event.arguments)
            else:
                whole = event.call.arguments if isinstance(event, ToolCallEnd) else event.text  # type: ignore[union-attr]
                if "".join(content.pop(event.index)) != whole:
                    yield f"{name} of block {event.index} is not the sum of its deltas"
    if terminal is None:
        yield "neither Done nor Error at the end"
