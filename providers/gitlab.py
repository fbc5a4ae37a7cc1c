"""GitLab Duo: anthropic-messages through GitLab's AI gateway, with a token and headers that the instance issues.

Rule of the file: facts, each as GitLab documents it or open clients have it. The endpoint that issues is internal and
may change: `settings` name the instance. The gateway passes OpenAI's languages on below /ai/v1/proxy/openai/v1.
"""

from __future__ import annotations

from conformance.adapters import TEST_REQUIRED, HttpAdapter
from conformance.auth import bearer
from conformance.auth.issuing import Issuer, said
from conformance.auth.tokens import MARGIN, Token
from conformance.dialects import dialect
from conformance.hosts.gitlab import BOOK
from conformance.model import JSON

GATEWAY = "https://cloud.gitlab.com"
LIFE = 25 * 60
"""Seconds that a token is used at most, also when its end is not told."""

_OURS = frozenset({"authorization", "x-api-key"})
"""Headers that an instance may name and that must not take the place of the token."""


def _token(told: JSON, now: float) -> Token:
    lines = said(told, "headers", dict)
    if wrong := next((name for name, value in lines.items() if not isinstance(value, str)), None):
        raise ValueError(f"headers.{wrong} is no text")
    ends = told.get("expires_at")
    until = now + LIFE
    if isinstance(ends, int):
        until = min(until, ends - MARGIN)
    base = told.get("base_url")
    return Token(
        value=said(told, "token"),
        until=until,
        headers=tuple((name, value) for name, value in lines.items() if name.lower() not in _OURS),
        base_url=base if isinstance(base, str) and base else None,
    )


def _sample(word: str) -> JSON:
    names = {"X-Gitlab-Instance-Id": "virtual", "X-Gitlab-Realm": "saas", "X-Gitlab-Host-Name": "gitlab.com"}
    ends = 4_102_444_800  # 2100-01-01: a recording must not grow old
    return {"token": f"gw-{word}", "headers": {**names, "X-Gitlab-Global-User-Id": "virtual"}, "expires_at": ends}


ADAPTER = HttpAdapter(
    name="gitlab",
    display_name="GitLab Duo",
    aliases=("gitlab-duo",),
    dialect=dialect("anthropic-messages"),
    base_url=f"{GATEWAY}/ai/v1/proxy/anthropic",
    key_env=("GITLAB_TOKEN",),
    settings={"instance": "https://gitlab.com"},
    issuer=Issuer(
        url="{instance}/api/v4/ai/third_party_agents/direct_access",
        key_header="private-token",
        credential=lambda key, settings: key,
        headers=(("content-type", "application/json"),),
        body=b'{"feature_flags":{"DuoAgentPlatformNext":true}}',
        read=_token,
        sample=_sample,
        refusal={"message": "401 Unauthorized"},
        movable=GATEWAY,
    ),
    authenticate=bearer,
    # The gateway is known to take this version; it then also takes sampling parameters.
    fixed_headers=(("anthropic-version", "2023-06-01"),),
    quirks={"version": "2023-06-01"},
    model="claude-sonnet-4-5-20250929",
    context_window=200_000,
    max_tokens=64_000,
    capabilities=frozenset(
        {
            "text",
            "tools",
            "parallel_tools",
            "thinking",
            "structured_output",
            "images",
            "stop_sequences",
            "refusal",
            "prompt_cache",
        }
    ),
    rules=BOOK,
    obligations=TEST_REQUIRED,
)
