"""Recorded mistral traffic, decoded by us and by the vendor's SDK: the same bytes must say the same.

The corpus lies beside the project and is no part of it; without it these checks skip.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from recorded_corpus import MARKS, spoken

from conformance.decoding import came_streamed, decode
from conformance.dialects import dialect
from conformance.exchange import Exchange
from conformance.judging import judge
from conformance.model import Done, grammar_faults
from conformance.rulebook import Scope

pytestmark = MARKS
MISTRAL = dialect("mistral")
STOPS = {"tool_calls": "tool_use", "model_length": "length"}


def answers() -> Iterator[tuple[Exchange, bool]]:
    for one in spoken("mistral"):
        if 200 <= one.response.status < 300 and one.response.body.strip():
            yield one, came_streamed(one, MISTRAL)


def sdk_reads(exchange: Exchange, streamed: bool) -> tuple[Any, ...]:
    """Text, thinking, calls, stop and usage as a user of the SDK gathers them; choice 0 only."""
    from mistralai.client import Mistral

    kind = "text/event-stream" if streamed else "application/json"
    reply = httpx.Response(200, headers={"content-type": kind}, content=exchange.response.body)
    asked = {"model": "m", "messages": [{"role": "user", "content": "a"}]}
    text, thinking, calls, reason, usage = "", "", [], "", None
    with httpx.Client(transport=httpx.MockTransport(lambda _: reply)) as http, Mistral(api_key="k", client=http) as sdk:
        told = [event.data for event in sdk.chat.stream(**asked)] if streamed else [sdk.chat.complete(**asked)]
    for part in told:
        usage = part.usage or usage
        for choice in (one for one in part.choices if one.index == 0):
            said = choice.delta if streamed else choice.message
            pieces = said.content if isinstance(said.content, list) else []
            text += said.content if isinstance(said.content, str) else ""
            text += "".join(one.text for one in pieces if one.type == "text")
            thinking += "".join(one.text for chunk in pieces if chunk.type == "thinking" for one in chunk.thinking)
            calls += [(one.id, one.function.name, one.function.arguments) for one in said.tool_calls or ()]
            reason = choice.finish_reason or reason
    return text, thinking, calls, STOPS.get(reason, reason), (usage.prompt_tokens, usage.completion_tokens)


def we_read(exchange: Exchange) -> tuple[Any, ...]:
    events = decode(exchange)
    assert list(grammar_faults(events)) == []
    last = events[-1]
    assert isinstance(last, Done), last
    calls = [(one.id, one.name, one.arguments) for one in last.reply.tool_calls]
    return last.reply.text, last.reply.thinking, calls, last.reason, (last.usage.input, last.usage.output)


def test_we_read_what_the_sdk_reads() -> None:
    recorded = list(answers())
    differing = [one.id for one, streamed in recorded if we_read(one) != sdk_reads(one, streamed)]
    assert recorded
    assert differing == []


def test_the_vendor_keeps_the_rules() -> None:
    about_requests = {rule.id for rule in MISTRAL.rules if rule.scope is Scope.REQUEST} | {"JS-Q"}
    broken = {
        (one.id, found.rule)
        for one in spoken("mistral")
        for found in judge(one).findings
        if found.level == "MUST" and found.rule not in about_requests
    }
    assert broken == set()


@pytest.mark.parametrize("status", [400, 401, 422, 500])
def test_failed_replies_are_told(status: int) -> None:
    kinds = {400: {"invalid_request", "not_found"}, 401: {"auth"}, 422: {"invalid_request"}, 500: {"server"}}
    found = {decode(one)[-1].kind for one in spoken("mistral") if one.response.status == status}
    assert found <= kinds[status]
