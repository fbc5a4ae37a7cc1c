"""Contract tier: one request before a mock provider, its answer told by the dialect's server half.

Rule of the file: each obligation sends exactly one request and looks at both directions of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.cases import NotJudged
from conformance.model import (
    Done,
    Text,
    TextDelta,
    ToolCallDelta,
    ToolCallEnd,
    ToolCallStart,
    grammar_faults,
    name_of,
)
from conformance.obligations.keys import all_key_faults
from conformance.obligations.registry import Bench, obligation
from conformance.rulebook import Violation
from conformance.subjects.samples import SIMPLE_REPLY, TOOL_REPLY, request_with_tools, simple_request

if TYPE_CHECKING:
    from conformance.adapters import Adapter
    from conformance.model import ChatRequest, Reply
    from conformance.subjects.canned import Heard

ANOTHER_KEY = "sk-other-9876543210zyxwvutsrqponmlk"


@obligation("contract", "simple_text", why="the first thing that any user tries")
def simple_text(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """A text answer becomes Start, text deltas and Done with the very text, streamed and whole."""
    for stream in (True, False):
        request = simple_request(adapter.model, stream=stream)
        heard, kind = _call(adapter, request, SIMPLE_REPLY), "streamed" if stream else "whole"
        yield from _sound(heard, kind)
        if not any(isinstance(event, TextDelta) for event in heard.events):
            yield Violation(f"{kind}: no TextDelta", got=_timeline(heard))
        if (reply := _reply(heard)) and (reply.text, reply.stop) != (SIMPLE_REPLY.text, "stop"):
            wanted = [SIMPLE_REPLY.text, "stop"]
            yield Violation(f"{kind}: text or stop reason differ", None, None, wanted, [reply.text, reply.stop])


@obligation("contract", "tool_call", why="a lost or renamed call stops every agent")
def tool_call(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """A tool call becomes ToolCallStart, deltas, ToolCallEnd and Done(tool_use), with its id, name and arguments."""
    if "tools" not in adapter.capabilities:
        raise NotJudged(f"{adapter.name} does not claim tools")
    for stream in (True, False):
        request = request_with_tools(adapter.model, stream=stream)
        heard, kind = _call(adapter, request, TOOL_REPLY), "streamed" if stream else "whole"
        yield from _sound(heard, kind)
        for wanted in (ToolCallStart, ToolCallDelta, ToolCallEnd):
            if not any(isinstance(event, wanted) for event in heard.events):
                yield Violation(f"{kind}: no {wanted.__name__}", got=_timeline(heard))
        if reply := _reply(heard):
            calls = [[call.id, call.name, call.input] for call in reply.tool_calls]
            asked = [[call.id, call.name, call.input] for call in TOOL_REPLY.tool_calls]
            if calls != asked or reply.stop != "tool_use":
                yield Violation(f"{kind}: the call or its stop reason differ", None, None, asked, [calls, reply.stop])


@obligation("contract", "auth_header", why="two users of one process must not share a key")
def auth_header(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """The key given with the call is the key that is sent, for a streamed and for a whole answer."""
    from conformance.subjects.canned import ask, streamed, whole

    for stream, answer in ((True, streamed), (False, whole)):
        request = simple_request(adapter.model, stream=stream)
        heard = ask(adapter, request, answer(adapter, SIMPLE_REPLY, request), key=ANOTHER_KEY)
        yield from all_key_faults(adapter, heard, ANOTHER_KEY)


@obligation("contract", "payload", why="what is composed and what is sent must be the same")
def payload(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """One POST goes out: the exact URL, JSON content type, and the body as composed, readable by the server half."""
    request = (request_with_tools if "tools" in adapter.capabilities else simple_request)(adapter.model)
    heard = _call(adapter, request, SIMPLE_REPLY)
    if len(heard.requests) != 1:
        yield Violation("not exactly one request was sent", None, None, 1, [one.url for one in heard.requests])
    for sent in heard.requests[-1:]:
        if sent.method != "POST":
            yield Violation("the method is not POST", got=sent.method)
        if not _same_place(adapter, sent.url, adapter.url(request)):
            yield Violation("the request went elsewhere", "url", None, adapter.url(request), sent.url)
        if (label := (sent.header("content-type") or "").partition(";")[0]) != "application/json":
            yield Violation("the content type is not application/json", "content-type", got=label)
        for name, value in adapter.headers(request):
            if sent.header(name) != value:
                yield Violation(f"header {name} is not sent as declared", name, None, value, sent.header(name))
        if sent.json() != adapter.body(request):
            yield Violation("the body is not the one that was composed", "$", None, adapter.body(request), sent.json())
        yield from _understood(adapter, sent.url, sent.json(), request)


def _same_place(adapter: Adapter, found: str, wanted: str) -> bool:
    if adapter.key_header.startswith("query:"):  # auth appends its key
        return urlsplit(found)[:3] == urlsplit(wanted)[:3]
    return found == wanted


def _understood(adapter: Adapter, url: str, body: object, request: ChatRequest) -> Iterator[Violation]:
    from conformance.dialects import Refusal, heard

    try:
        read = adapter.dialect.server.parse(heard(adapter.dialect, url, body))
    except Refusal as refusal:
        yield Violation(f"the dialect's server half refuses the request: {refusal}", "$", got=body)
        return
    if (got := _said(read)) != (wanted := _said(request)):
        yield Violation("the server half reads other messages or tools", "$", None, repr(wanted), repr(got))


def _said(request: ChatRequest) -> tuple[object, ...]:
    """What is said in a request, wherever its system prompt stands."""
    systems = [part for turn in request.messages if turn.role == "system" for part in turn.parts]
    spoken = [request.system] if request.system else [part.text for part in systems if isinstance(part, Text)]
    return spoken, [turn for turn in request.messages if turn.role != "system"], request.tools


def _call(adapter: Adapter, request: ChatRequest, reply: Reply) -> Heard:
    from conformance.subjects.canned import ask, streamed, whole

    return ask(adapter, request, (streamed if request.stream else whole)(adapter, reply, request))


def _sound(heard: Heard, kind: str) -> Iterator[Violation]:
    for fault in grammar_faults(heard.events):
        yield Violation(f"{kind}: {fault}", got=_timeline(heard))
    if not isinstance(heard.last, Done):
        yield Violation(f"{kind}: the timeline does not end with Done", got=repr(heard.last))


def _reply(heard: Heard) -> Reply | None:
    return heard.last.reply if isinstance(heard.last, Done) else None


def _timeline(heard: Heard) -> list[str]:
    return [name_of(event) for event in heard.events]
