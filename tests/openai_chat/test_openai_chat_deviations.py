"""Deviations: each changes the bytes, is flagged where the language is held to strictly, excused where it is known,
and read as the same answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import pytest
from msgspec.structs import replace

from conformance.decoding import decode
from conformance.deviating import Bend, Deviation, bend_failure, bend_stream, bend_whole, profile_of
from conformance.dialects import Dialect, dialect
from conformance.exchange import Chunk, Exchange, Request, Response
from conformance.judging import judge, rules_for
from conformance.model import ChatRequest, Done, Error, Reply, Text, Thinking, Tool, ToolCall, Usage, error, user
from conformance.reading import Reading
from conformance.recounting import as_counted
from conformance.rulebook import findings

CHAT = dialect("openai-chat")
DEVIATIONS = CHAT.deviations
TOGETHER = {"no_done": ("usage_on_finish",)}
"""What is only understood beside another: without [DONE] the end must be told by usage on the finish chunk."""

TEXT = Reply(
    id="chatcmpl-1", model="m", parts=(Text("Hello, dear reader."),), usage=Usage(24, 9, cache_read=4, reasoning=0)
)
THOUGHT = replace(TEXT, parts=(Thinking("Let me see."), Text("Four.")), usage=Usage(24, 30, cache_read=0, reasoning=20))
CALLS = replace(
    TEXT,
    parts=(ToolCall("call_1", "f", '{"city": "Oslo"}'), ToolCall("call_2", "g", '{"city": "Lima"}')),
    stop="tool_use",
)
ONE_CALL = replace(CALLS, parts=CALLS.parts[:1])
REPLIES = {"text": TEXT, "thought": THOUGHT, "calls": CALLS, "one call": ONE_CALL}
ASKED = ChatRequest(
    model="m", messages=(user("hi"),), tools=(Tool("f", "", {"type": "object"}), Tool("g", "", {"type": "object"}))
)


def exchange(answer: Reply | Error, bends: Sequence[Bend], *, stream: bool, counted: bool = True) -> Exchange:
    """What a vendor that deviates so would have been recorded with."""
    asked = replace(ASKED, stream=stream)
    body = CHAT.body(asked, {"include_usage": counted})
    status, label, chunks = 200, "text/event-stream" if stream else "application/json", list[bytes]()
    if isinstance(answer, Error):
        status, _, said = CHAT.server.failure(answer)
        label, chunks = "application/json", [bend_failure(status, said, bends)]
    elif stream:
        chunks = bend_stream("sse", CHAT.server.stream(answer, asked, body), answer, bends)
    else:
        chunks = [bend_whole(CHAT.server.whole(answer, asked, body), answer, bends)]
    head = (("content-type", "application/json"), ("authorization", "Bearer x"))
    return Exchange(
        id="deviating",
        request=Request("POST", "https://api.acme.test/v1/chat/completions", head, json.dumps(body).encode()),
        response=Response(
            status, (("content-type", label), ("x-request-id", "r")), tuple(Chunk(0.0, one) for one in chunks)
        ),
        dialect="openai-chat",
    )


def told(bends: Sequence[Bend]) -> Iterator[Exchange]:
    """All kinds of answers, streamed and whole, counted or not, and an error."""
    for reply in REPLIES.values():
        for stream, counted in ((True, True), (True, False), (False, True)):
            yield exchange(reply, bends, stream=stream, counted=counted)
    yield exchange(error("auth", "wrong key", status=401), bends, stream=False)


@cache
def straight() -> tuple[Exchange, ...]:
    """The same answers as the language has them."""
    return tuple(told([]))


@cache
def found_in_straight() -> set[tuple[str, str]]:
    return found(straight())


def bends_of(*ids: str) -> list[Bend]:
    return [DEVIATIONS[id].bend for id in ids]


def found(exchanges: Iterable[Exchange]) -> set[tuple[str, str]]:
    """The rules that are broken, each with its place; each rule asked for itself."""
    return {
        (one.rule, re.sub(r"\[\d+\]", "[]", one.path or ""))
        for reading in (Reading(each, CHAT) for each in exchanges)
        for rule in rules_for(CHAT)
        if rule.applies(reading) is None
        for one in findings(rule, reading)
    }


def said(one: Exchange, language: Dialect = CHAT) -> tuple[object, Usage]:
    """What a user is told, thoughts apart: the answer with its tokens, or the error."""
    last = decode(one, language)[-1]
    if isinstance(last, Done):
        text, _, *others = last.reply.says()
        return (text, *others), last.usage
    assert isinstance(last, Error)
    return (last.kind, last.status, last.message), Usage()


@pytest.mark.parametrize("one", DEVIATIONS.values(), ids=DEVIATIONS)
def test_it_changes_the_bytes(one: Deviation) -> None:
    """A deviation that nobody can see is none."""
    without = [each.response.body for each in told(bends_of(*TOGETHER.get(one.id, ())))]
    bent = [each.response.body for each in told(bends_of(*TOGETHER.get(one.id, ()), one.id))]
    assert without != bent


@pytest.mark.parametrize("one", DEVIATIONS.values(), ids=DEVIATIONS)
def test_all_that_it_excuses_is_flagged_where_it_is_not_known(one: Deviation) -> None:
    """Held to strictly, the bytes break every rule that the deviation excuses; if none, they break none."""
    base = found_in_straight()
    flagged = found(told([one.bend])) - base
    places = {f"{rule} {path}" for rule, path in flagged} | {rule for rule, _ in flagged}
    assert base == set()
    assert set(one.excuses) - places == set()
    assert bool(flagged) == bool(one.excuses)


@pytest.mark.parametrize("one", DEVIATIONS.values(), ids=DEVIATIONS)
def test_it_is_silent_where_it_is_known(one: Deviation) -> None:
    """Under a profile of its own nothing is told of it."""
    ids = (*TOGETHER.get(one.id, ()), one.id)
    profile = profile_of("acme", [DEVIATIONS[id] for id in ids])
    judged = [judge(each, CHAT, profile).findings for each in told(bends_of(*ids))]
    assert [one for each in judged for one in each] == []


@pytest.mark.parametrize("one", DEVIATIONS.values(), ids=DEVIATIONS)
def test_it_is_read_as_the_same_answer(one: Deviation) -> None:
    """Text, calls, stop reason, tokens and errors are those of the official answer; thoughts are what it may add."""
    ids = (*TOGETHER.get(one.id, ()), one.id)
    for plainly, bent in zip(straight(), told(bends_of(*ids)), strict=True):
        (plain, counted), (got, recounted) = said(plainly), said(bent, as_counted(CHAT, ids))
        assert got == plain
        assert recounted == counted or counted == Usage()  # some count unasked


@pytest.mark.parametrize("id", ["reasoning_content", "reasoning", "reasoning_details"])
@pytest.mark.parametrize("stream", [True, False])
def test_thoughts_are_told_where_they_have_a_place(id: str, stream: bool) -> None:
    """A reasoning key carries the reply's thoughts, once."""
    last = decode(exchange(THOUGHT, bends_of(id), stream=stream), CHAT)[-1]
    assert isinstance(last, Done)
    assert last.reply.thinking == THOUGHT.thinking


def test_deviations_compose() -> None:
    """Many at once are still one answer, and a profile of all excuses all."""
    ids = (
        "reasoning_content", "role_every_delta", "usage_every_chunk", "citations", "message_beside_delta",
        "done_object", "finish_key_absent", "no_done", "crlf", "comments",
    )  # fmt: skip
    one = exchange(THOUGHT, bends_of(*ids), stream=True)
    last = decode(one, CHAT)[-1]
    assert isinstance(last, Done)
    assert last.reply.says() == THOUGHT.says()
    assert judge(one, CHAT, profile_of("acme", [DEVIATIONS[id] for id in ids])).findings == ()


def test_an_excuse_of_a_place_excuses_no_other_place() -> None:
    """A vendor that leaves finish_reason out is still told when a delta is none."""
    profile = profile_of("acme", [DEVIATIONS["finish_key_absent"]])

    def no_delta(chunks: list[dict[str, object]], reply: Reply) -> list[dict[str, object]]:
        for choice in chunks[1]["choices"]:  # type: ignore[attr-defined]
            del choice["delta"]
        return chunks

    broken = exchange(TEXT, [*bends_of("finish_key_absent"), Bend(chunks=no_delta)], stream=True)
    rules = {(one.rule, one.path) for one in judge(broken, CHAT, profile).findings}
    assert ("OC-S04", "$.choices[0].delta") in rules
    assert ("OC-S04", "$.choices[0].finish_reason") not in rules
