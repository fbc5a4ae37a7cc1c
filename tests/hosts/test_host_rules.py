"""Rules of hosts: each is kept by a good exchange and broken by a bad one; what nobody can know breaks none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance import adapter, dialect, dialect_names
from conformance.exchange import Chunk, Exchange, Request, Response
from conformance.hosts import host_books, lister, lists_models
from conformance.judging import find_rule, judge, judge_issuing
from conformance.reading import Reading

EDITOR = {"editor-version": "v", "editor-plugin-version": "p", "copilot-integration-id": "vscode-chat"}
COPILOT = "https://api.githubcopilot.com/chat/completions"
COPILOT_TOKEN = "https://api.github.com/copilot_internal/v2/token"
GATEWAY = "https://cloud.gitlab.com/ai/v1/proxy/anthropic/v1/messages"
DIRECT = "https://gitlab.com/api/v4/ai/third_party_agents/direct_access"
DOCUMENTED = "https://gitlab.com/api/v4/code_suggestions/direct_access"
ISSUED = {"x-gitlab-instance-id": "i", "x-gitlab-realm": "saas", "authorization": "Bearer t"}
HOME = "aiplatform.googleapis.com/v1/projects/p/locations/global/publishers"
GEMINI = f"https://{HOME}/google/models/g:streamGenerateContent?alt=sse"
CLAUDE = f"https://{HOME}/anthropic/models/c:streamRawPredict"
BEARER = {"authorization": "Bearer t"}
IMAGE = {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "u"}}]}]}
WORDS = {"messages": [{"role": "user", "content": "Hi"}]}
RESULT = {"messages": [{"role": "user", "content": "Hi"}, {"role": "tool", "content": "4"}]}
TOKENS = "https://tenant.authentication.eu10.hana.ondemand.com/oauth/token"
AI_CORE = "https://api.ai.example.com/v2/inference/deployments/d/chat/completions"


def call(
    url: str, headers: Any = (), body: Any = None, told: Any = None, status: int = 200, method: str = "POST"
) -> Any:
    """An exchange of the kit's own, whose header lines are all there."""
    sent = body.encode() if isinstance(body, str) else json.dumps({} if body is None else body).encode()
    frames = isinstance(told, list) and status == 200
    came = b"".join(b"data: %s\n\n" % json.dumps(one).encode() for one in told) if frames else json.dumps(told).encode()
    label = "text/event-stream" if frames else "application/json"
    return Exchange(
        id="x",
        request=Request(method, url, tuple(dict(headers).items()), sent),
        response=Response(status, (("content-type", label),), (Chunk(0.0, came),)),
        source="virtual",
    )


TOKEN = {"token": "t", "expires_at": 9, "refresh_in": 1}
RPC = {"error": {"code": 401, "message": "no", "status": "UNAUTHENTICATED"}}
CLAUDES = {"anthropic_version": "2026-10-21", "stream": True}
GRANT = "grant_type=client_credentials"
ACCESS = {"access_token": "a", "expires_in": 60}
GROUP = {"ai-resource-group": "default", **BEARER}
A_MODEL: dict[str, Any] = {"id": "a", "object": "model", "created": 1, "owned_by": "acme"}
CLAUDE_MODEL = {"type": "model", "id": "a", "created_at": "2026-02-19T00:00:00Z"}
ENDS: dict[str, Any] = {"has_more": False, "first_id": "a", "last_id": "a"}


def listed(place: str, *models: dict[str, Any], query: str = "", **more: Any) -> Any:
    """A page of a list of models."""
    return call(f"https://api.example.com/v1/models{query}", told={place: list(models), **more}, method="GET")


DEEPSEEK, GROQ = "https://api.deepseek.com/chat/completions", "https://api.groq.com/openai/v1/chat/completions"
ROUTER = "https://openrouter.ai/api/v1/chat/completions"
UNCACHED: dict[str, Any] = {"usage": {"prompt_tokens": 20}}
CACHED = {
    "usage": {
        "prompt_tokens": 20,
        "prompt_cache_hit_tokens": 16,
        "prompt_cache_miss_tokens": 4,
        "prompt_tokens_details": {"cached_tokens": 16},
    }
}
THINKING = {"model": "deepseek-v4-pro", "thinking": {"type": "enabled"}}
ACTED = {
    "role": "assistant",
    "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": ""}}],
}
COUNTED = {"total_tokens": 12}

CASES: dict[str, tuple[str, list[Any], list[Any]]] = {
    "CP-H01": (
        "openai-chat",
        [call(COPILOT)],
        [call(COPILOT.replace("/chat", "/v1/chat")), call("https://x.example/chat")],
    ),
    "CP-H02": (
        "openai-chat",
        [call(COPILOT, EDITOR)],
        [call(COPILOT), call(COPILOT, {**EDITOR, "editor-version": " "})],
    ),
    "CP-H03": (
        "openai-chat",
        [call(COPILOT, {"copilot-vision-request": "true"}, IMAGE), call(COPILOT, (), WORDS)],
        [call(COPILOT, (), IMAGE), call(COPILOT, {"copilot-vision-request": "true"}, WORDS)],
    ),
    "CP-H04": (
        "openai-chat",
        [call(COPILOT, {"x-initiator": "user"}, WORDS), call(COPILOT, {"x-initiator": "agent"}, RESULT)],
        [call(COPILOT, {"x-initiator": "agent"}, WORDS), call(COPILOT, {"x-initiator": "user"}, RESULT)],
    ),
    "CP-H05": ("openai-chat", [call(COPILOT, {"x-github-api-version": "2025-05-01"})], [call(COPILOT)]),
    "CP-Q01": (
        "openai-chat",
        [call(COPILOT_TOKEN, told=TOKEN, method="GET")],
        [call(COPILOT_TOKEN, told={**TOKEN, name: None}, method="GET") for name in TOKEN],
    ),
    "GL-H01": (
        "anthropic-messages",
        [call(DIRECT, {"private-token": "t"}), call(DIRECT, BEARER)],
        [call(DIRECT), call(DIRECT, BEARER, method="GET")],
    ),
    "GL-H02": (
        "anthropic-messages",
        [call(GATEWAY, ISSUED)],
        [
            call(GATEWAY, BEARER),
            call(GATEWAY, {**ISSUED, "x-api-key": "k"}),
            call(GATEWAY, {**ISSUED, "authorization": "t"}),
        ],
    ),
    "GL-H03": ("anthropic-messages", [call(GATEWAY)], [call("https://cloud.gitlab.com/v1/messages")]),
    "GL-Q01": (
        "anthropic-messages",
        [call(DIRECT, told={"token": "t", "headers": {"X-A": "b"}})],
        [
            call(DIRECT, told={"token": "", "headers": {}}),
            call(DIRECT, told={"token": "t"}),
            call(DIRECT, told={"token": "t", "headers": {"X-A": 1}}),
        ],
    ),
    "GL-Q02": (
        "anthropic-messages",
        [call(DOCUMENTED, told={"base_url": "https://x", "expires_at": 1}), call(DIRECT, told={})],
        [call(DOCUMENTED, told={"expires_at": 1}), call(DOCUMENTED, told={"base_url": "https://x"})],
    ),
    "CT-21": (
        "openai-chat",
        [call(AI_CORE, GROUP), call(TOKENS, (), GRANT, ACCESS), call(f"{TOKENS}?{GRANT}", (), "", ACCESS)],
        [
            call(AI_CORE, BEARER),
            call(AI_CORE, {**GROUP, "authorization": "Basic x"}),
            call(TOKENS, (), "grant_type=password", ACCESS),
            call(TOKENS, (), GRANT, {"access_token": "a"}),
        ],
    ),
    "VX-H01": (
        "gemini",
        [call(GEMINI), call(GEMINI.replace("https://", "https://us-east5-").replace("global", "us-east5"))],
        [call(GEMINI.replace("global", "us-east5")), call(GEMINI.replace("global", "eu"))],
    ),
    "VX-H02": (
        "gemini",
        [call(GEMINI), call(CLAUDE)],
        [call("https://aiplatform.googleapis.com/v1/models/g:generateContent")],
    ),
    "VX-H03": (
        "gemini",
        [call(GEMINI, BEARER)],
        [call(GEMINI, {"x-goog-api-key": "k"}), call(GEMINI, {"authorization": "t"})],
    ),
    "VX-Q01": (
        "anthropic-messages",
        [call(CLAUDE, (), CLAUDES)],
        [call(CLAUDE, (), {"stream": True}), call(CLAUDE, (), {**CLAUDES, "model": "c"})],
    ),
    "VX-Q02": (
        "anthropic-messages",
        [call(CLAUDE, (), CLAUDES), call(CLAUDE.replace("streamR", "r"), (), {})],
        [call(CLAUDE, (), {}), call(CLAUDE.replace("streamR", "r"), (), CLAUDES)],
    ),
    "VX-Q03": (
        "gemini",
        [call(GEMINI, (), {"contents": [{"role": "user", "parts": []}]})],
        [call(GEMINI, (), {"contents": [{"parts": []}]})],
    ),
    "CT-09": (
        "openai-chat",
        [call(DEEPSEEK, told=CACHED), call(DEEPSEEK, told=[{**CACHED, "choices": []}]), call(DEEPSEEK, told=UNCACHED)],
        [
            call(DEEPSEEK, told={"usage": {**CACHED["usage"], "prompt_tokens": 21}}),
            call(DEEPSEEK, told=[{"usage": {**CACHED["usage"], "prompt_cache_miss_tokens": 0}}]),
            call(DEEPSEEK, told={"usage": {**CACHED["usage"], "prompt_tokens_details": {"cached_tokens": 4}}}),
        ],
    ),
    "CT-22": (
        "openai-chat",
        [
            call(DEEPSEEK, (), {"model": "deepseek-chat", "messages": [ACTED]}),
            call(DEEPSEEK, (), {**THINKING, "messages": [{**ACTED, "reasoning_content": ""}]}),
            call(DEEPSEEK, (), {"model": "deepseek-reasoner", "thinking": {"type": "disabled"}, "messages": [ACTED]}),
        ],
        [
            call(DEEPSEEK, (), {**THINKING, "messages": [ACTED]}),
            call(DEEPSEEK, (), {"model": "deepseek-reasoner", "messages": [{"role": "user", "content": "a"}, ACTED]}),
        ],
    ),
    "CT-10": (
        "openai-chat",
        [
            call(
                GROQ, (), WORDS, [{"x_groq": {"id": "r"}}, {"usage": COUNTED, "x_groq": {"id": "r", "usage": COUNTED}}]
            ),
            call(GROQ, (), WORDS, [{"error": {"message": "no"}}]),
            call(GROQ, (), {**WORDS, "model": "groq/compound-mini"}, [{"id": "stub"}]),
        ],
        [
            call(GROQ, (), WORDS, [{"id": "c"}, {"x_groq": {"id": "r"}}]),
            call(GROQ, (), WORDS, [{"x_groq": {"id": "r", "usage": {"total_tokens": 9}}}, {"usage": COUNTED}]),
        ],
    ),
    "CT-12": (
        "openai-chat",
        [call(ROUTER, told={"error": {"code": 429}}, status=429), call(ROUTER, told="busy", status=503)],
        [
            call(ROUTER, told={"error": {"code": code}}, status=429)
            for code in (502, "429", "rate_limit_exceeded", None, True)
        ],
    ),
    "CT-15": (
        "openai-chat",
        [
            call(ROUTER, told={"choices": [{"message": {"reasoning_details": [{"type": "reasoning.encrypted"}]}}]}),
            call(ROUTER, told=[{"choices": [{"delta": {"reasoning_details": [{"type": "reasoning.text"}]}}]}]),
            call(
                ROUTER, (), {"messages": [{"role": "assistant", "reasoning_details": [{"type": "reasoning.summary"}]}]}
            ),
        ],
        [
            call(ROUTER, told={"choices": [{"message": {"reasoning_details": [{"type": "thinking"}]}}]}),
            call(ROUTER, told=[{"choices": [{"delta": {"reasoning_details": ["hm"]}}]}]),
            call(ROUTER, (), {"messages": [{"reasoning_details": [{"text": "hm"}]}]}),
        ],
    ),
    "ML-01": (
        "openai-chat",
        [listed("data", A_MODEL, A_MODEL | {"id": "b"}), listed("data")],
        [
            listed("models", A_MODEL),
            listed("data", A_MODEL, A_MODEL),
            listed("data", A_MODEL | {"id": ""}),
            listed("data", A_MODEL | {"id": 7}),
        ],
    ),
    "ML-02": (
        "openai-responses",
        [listed("data", A_MODEL, object="list"), listed("data", object="list")],
        [
            listed("data", A_MODEL),
            *(listed("data", A_MODEL | {name: None}, object="list") for name in ("object", "created", "owned_by")),
            listed("data", A_MODEL | {"created": True}, object="list"),
        ],
    ),
    "ML-03": (
        "anthropic-messages",
        [listed("data", CLAUDE_MODEL, **ENDS), listed("data", has_more=False, first_id=None, last_id=None)],
        [
            listed("data", CLAUDE_MODEL, **{**ENDS, "last_id": "b"}),
            listed("data", CLAUDE_MODEL, **{**ENDS, "has_more": None}),
            listed("data", CLAUDE_MODEL | {"created_at": "yesterday"}, **ENDS),
            listed("data", CLAUDE_MODEL | {"type": "object"}, **ENDS),
            listed("data", has_more=False),
        ],
    ),
    "ML-04": (
        "gemini",
        [listed("models", {"name": "models/a"}), listed("models", {"name": "models/a"}, nextPageToken="b")],
        [listed("models", {"name": "a"}), listed("models", {"name": "models/a"}, nextPageToken=7)],
    ),
    "ML-05": (
        "cohere-v2",
        [listed("models", {"name": "a"}), listed("models", {"name": "a"}, next_page_token=None)],
        [listed("models", {"id": "a"}), listed("models", {"name": "a"}, next_page_token=7)],
    ),
    "ML-06": (
        "gemini",
        [listed("models", query="?pageToken=a", nextPageToken="b"), listed("models", query="?pageToken=a")],
        [listed("models", query="?pageToken=a", nextPageToken="a")],
    ),
    "VX-E01": (
        "anthropic-messages",
        [
            call(CLAUDE, told=RPC, status=401),
            call(CLAUDE, told=[RPC], status=401),
            call(CLAUDE, told={"type": "error", "error": {"type": "api_error", "message": "no"}}, status=500),
        ],
        [
            call(CLAUDE, told={"error": "no"}, status=401),
            call(GEMINI, told={"error": {"type": "api_error", "message": "no"}}, status=500),
        ],
    ),
}


def broken(id: str, one: Exchange, speaks: str) -> bool:
    rule = find_rule(id)
    assert rule
    reading = Reading(one, dialect(speaks))
    assert rule.applies(reading) is None
    return bool(list(rule.check(reading)))


OURS = ("copilot", "deepseek", "gitlab", "groq", "models-list", "openrouter", "sap-ai-core", "vertex")


def test_every_rule_has_its_cases() -> None:
    assert set(CASES) == {rule.id for name in OURS for rule in host_books()[name]}


@pytest.mark.parametrize("id", CASES)
def test_a_rule_is_kept_and_broken(id: str) -> None:
    speaks, kept, wrong = CASES[id]
    assert [broken(id, one, speaks) for one in kept] == [False] * len(kept)
    assert [broken(id, one, speaks) for one in wrong] == [True] * len(wrong)


@pytest.mark.parametrize("told", [None, 7, "x", [], [None], {}, {"error": 1}, {"headers": 7, "candidates": [7]}])
@pytest.mark.parametrize("status", [200, 401])
@pytest.mark.parametrize("name", OURS)
def test_no_rule_raises_whatever_came(name: str, status: int, told: Any) -> None:
    for url in (COPILOT, COPILOT_TOKEN, DIRECT, DOCUMENTED, GATEWAY, GEMINI, CLAUDE, TOKENS, "http://[", ""):
        for body in (told, {"messages": told, "contents": told, "toolConfig": told}):
            judge_issuing(call(url, (), body, told, status), dialect("gemini"), host_books()[name])


def test_a_page_after_none_is_no_end() -> None:
    """Who says that more models follow, and not where, is asked for the first page for ever."""
    assert broken("ML-06", listed("data", has_more=True, last_id=None), "anthropic-messages")
    assert not broken("ML-06", listed("data", CLAUDE_MODEL, **ENDS), "anthropic-messages")


@pytest.mark.parametrize("name", [name for name in dialect_names() if dialect(name).manners.listing.single])
def test_the_virtual_provider_lists_as_each_vendor_does(name: str) -> None:
    listing = dialect(name).manners.listing
    told = listing.page([listing.item("a-model"), listing.item("another-model")])
    one = call(f"https://api.example.com{listing.path}", told=told, method="GET")
    assert judge_issuing(one, dialect(name), host_books()["models-list"]).findings == ()


@pytest.mark.parametrize(
    ("url", "headers", "speaks"),
    [
        ("https://api.example.com/v1/models", {}, "openai-chat"),
        ("https://api.example.com/api/v1/models", {}, "openai-chat"),
        ("https://api.anthropic.com/v1/models?limit=9", {}, "anthropic-messages"),
        ("https://api.example.com/v1/models", {"anthropic-version": "2023-06-01"}, "anthropic-messages"),
        ("https://api.example.com/v1beta/models?key=k", {}, "gemini"),
        ("https://api.cohere.com/v1/models", {}, "cohere-v2"),
    ],
)
def test_whose_list_it_is(url: str, headers: dict[str, str], speaks: str) -> None:
    one = call(url, headers, told={}, method="GET")
    assert lists_models(one)
    assert lister(one) == speaks


@pytest.mark.parametrize(
    "one",
    [
        call("https://api.example.com/v1/models", told={}),
        call("https://api.example.com/v1/models", told={}, method="GET", status=401),
        call("https://hub.example.com/api/models", told={}, method="GET"),
        call("https://image.example.com/models", told=7, method="GET"),
        call("https://api.example.com/v1/models/a", told={}, method="GET"),
        call("http://[", told={}, method="GET"),
    ],
    ids=["posted", "refused", "of-a-hub", "of-anything", "one-model", "no-address"],
)
def test_what_is_no_list_of_models(one: Exchange) -> None:
    assert not lists_models(one)


def test_a_host_is_judged_when_it_is_given() -> None:
    one = call("https://api.githubcopilot.com/v1/chat/completions")
    host = adapter("copilot").rules
    assert "CP-H01" in {found.rule for found in judge(one, dialect("openai-chat"), host=host).findings}
    assert "CP-H01" not in judge(one, dialect("openai-chat")).judged
