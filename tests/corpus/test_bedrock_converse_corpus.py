"""Recorded bedrock-converse traffic: we read what boto3 reads, and the vendor breaks none of our rules.

The corpus lies beside the project and is no part of it; without it these checks skip.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from boto3_view import answering, ours, streamed, whole
from recorded_corpus import CORPUS, MARKS, least, spoken

from conformance.decoding import came_streamed, decode
from conformance.dialects import detect, dialect
from conformance.exchange import Exchange
from conformance.judging import judge
from conformance.model import Done, Error, grammar_faults

pytestmark = MARKS
CONVERSE = dialect("bedrock-converse")
CAPTURES = CORPUS.parent.parent / "targets" / "captures"
HAND_MADE = {
    "eda3ee41d41a39c3": "a project's test of an answer without usage and metrics, which the service always sends"
}


def recorded() -> tuple[Exchange, ...]:
    return spoken("bedrock-converse")


def answers() -> list[Exchange]:
    """Those that came over the wire: some recorders kept only what an SDK had made of a stream."""
    return [one for one in recorded() if one.response.status < 300 and one.fidelity != "body_only"]


def test_what_we_read_is_what_boto3_reads() -> None:
    found = answers()
    assert len(found) > least(70)
    for one in found:
        is_stream = came_streamed(one, CONVERSE)
        label = CONVERSE.content_type if is_stream else "application/json"
        sdk = answering(200, {"content-type": label}, one.response.body)
        asked: dict[str, Any] = {"modelId": "m", "messages": [{"role": "user", "content": [{"text": "x"}]}]}
        blocks, _, usage = (streamed if is_stream else whole)(sdk, **asked)
        last = decode(one, CONVERSE)[-1]
        assert isinstance(last, Done), one.id
        assert ours(last.reply) == blocks, one.id
        if usage:
            cache = usage.get("cacheReadInputTokens", 0) + usage.get("cacheWriteInputTokens", 0)
            assert last.usage.input == usage["inputTokens"] + cache, one.id
            assert last.usage.output == usage["outputTokens"], one.id


def test_every_answer_keeps_the_grammar() -> None:
    for one in recorded():
        assert list(grammar_faults(decode(one, CONVERSE))) == [], one.id


def test_every_error_has_a_kind_and_the_words_of_the_service() -> None:
    for one in recorded():
        if one.response.status >= 400:
            last = decode(one, CONVERSE)[-1]
            assert isinstance(last, Error)
            assert last.kind in ("invalid_request", "auth", "not_found"), one.id
            assert one.response.json()["message"] in last.message, one.id


def test_the_service_keeps_our_rules() -> None:
    """Of the rules of all dialects one is broken by recorders: they hide the content type."""
    for one in answers():
        found = judge(one, CONVERSE).findings
        broken = {rule.rule for rule in found if rule.level == "MUST" and not rule.rule.startswith("GN-")}
        assert not broken or one.id in HAND_MADE, (one.id, broken)


@pytest.mark.parametrize("name", ["py-boto3-bedrock", "js-ai-sdk-bedrock"])
def test_what_clients_send_is_understood(name: str) -> None:
    requests = json.loads((CAPTURES / f"{name}.json").read_bytes())["requests"]
    ours_only = [one for one in requests if "/converse" in one["path"]]
    assert len(ours_only) >= 4
    for one in ours_only:
        url, headers = f"http://127.0.0.1{one['path']}", tuple(map(tuple, one["headers"]))
        assert detect("POST", url, headers, one["body"]) == "bedrock-converse"
        heard = CONVERSE.server.heard(url, one["body"])  # type: ignore[attr-defined]
        read = CONVERSE.server.parse(heard)
        assert read.model == "anthropic.claude-3-haiku-20240307-v1:0"
        assert read.stream is one["path"].endswith("-stream")
        assert len(read.tools) == len(one["body"].get("toolConfig", {}).get("tools", ()))
