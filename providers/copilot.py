"""GitHub Copilot: openai-chat behind a token that GitHub exchanges for its own.

Rule of the file: facts, each as open clients of the vendor have it; there is no public specification.
"""

from __future__ import annotations

import dataclasses

from msgspec.structs import replace

from conformance.adapters import TEST_REQUIRED, HttpAdapter
from conformance.auth import bearer
from conformance.auth.issuing import Issuer, said
from conformance.auth.tokens import MARGIN, Token
from conformance.dialects import dialect
from conformance.exchange import Headers
from conformance.hosts.copilot import BOOK
from conformance.model import JSON, ChatRequest, Error, Image, Part, ToolResult

_LANGUAGE = dialect("openai-chat")
BASE = "https://api.githubcopilot.com"
_EDITOR: Headers = (("editor-version", "vscode/1.105.0"), ("editor-plugin-version", "copilot-chat/0.32.0"))


def _token(told: JSON, now: float) -> Token:
    """The issuer says both when a token ends and when to fetch the next one: whichever comes first holds."""
    value, ends = said(told, "token"), said(told, "expires_at", int)
    until = min(now + said(told, "refresh_in", int), ends - MARGIN)
    return Token(value=value, until=until, base_url=_base(told, value))


def _base(told: JSON, value: str) -> str | None:
    """Where this account's calls go: by the answer, else by the proxy that the token itself names."""
    ends = told.get("endpoints")
    api = ends.get("api") if isinstance(ends, dict) else None
    if isinstance(api, str) and api:
        return api
    facts = dict(part.partition("=")[::2] for part in value.split(";"))
    proxy = facts.get("proxy-ep", "").partition(":")[0]
    return f"https://{proxy.replace('proxy.', 'api.', 1)}" if proxy else None


def _error(status: int, headers: Headers, body: bytes) -> Error:
    """422 is the answer of the Responsible AI filter here, where others refuse the request's form with it."""
    found = _LANGUAGE.error(status, headers, body)
    return replace(found, kind="content_filter") if status == 422 else found


def _sample(word: str) -> JSON:
    ends = 4_102_444_800  # 2100-01-01: a recording must not grow old
    return {"token": f"tid={word};exp={ends};sku=conformance:mac", "expires_at": ends, "refresh_in": 1500}


def _headers(request: ChatRequest) -> Headers:
    """Who began: a user's turn is billed, an agent's goes with it; and whether there is something to look at."""
    last = request.messages[-1].role if request.messages else "user"
    sees = any(_shows(part) for message in request.messages for part in message.parts)
    return (
        ("x-initiator", "user" if last == "user" else "agent"),
        *((("copilot-vision-request", "true"),) if sees else ()),
    )


def _shows(part: Part) -> bool:
    inside = part.content if isinstance(part, ToolResult) else (part,)
    return any(isinstance(one, Image) for one in inside)


ADAPTER = HttpAdapter(
    name="copilot",
    display_name="GitHub Copilot",
    aliases=("github-copilot",),
    dialect=dataclasses.replace(_LANGUAGE, error=_error),
    base_url=BASE,  # without /v1
    key_env=("COPILOT_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"),
    issuer=Issuer(
        url="https://api.github.com/copilot_internal/v2/token",
        method="GET",
        credential=lambda key, settings: f"token {key}",
        headers=(("x-github-api-version", "2025-04-01"), *_EDITOR),
        read=_token,
        sample=_sample,
        refusal={"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest", "status": "401"},
        movable=BASE,
    ),
    authenticate=bearer,
    fixed_headers=(
        *_EDITOR,
        ("copilot-integration-id", "vscode-chat"),
        ("x-github-api-version", "2025-05-01"),
        ("openai-intent", "conversation-panel"),
    ),
    request_headers=_headers,
    model="gpt-4.1",
    context_window=128_000,
    max_tokens=16_384,
    capabilities=frozenset(
        {
            "text",
            "tools",
            "parallel_tools",
            "thinking",
            "structured_output",
            "images",
            "stop_sequences",
            "content_filter",
            "prompt_cache",
        }
    ),
    # recorded streams: the prompt's filter speaks first, no object is named, usage comes with the end
    deviations=("object_missing", "reasoning_text", "filter_head", "usage_on_finish"),
    rules=BOOK,
    obligations=TEST_REQUIRED,
)
