"""Anthropic: the official speaker of anthropic-messages.

Rule of the file: facts, each as its vendor documents it.
"""

from __future__ import annotations

from conformance.adapters import TEST_REQUIRED, HttpAdapter
from conformance.auth import header_key
from conformance.dialects import dialect

ADAPTER = HttpAdapter(
    name="anthropic",
    display_name="Anthropic",
    aliases=("claude",),
    dialect=dialect("anthropic-messages"),
    base_url="https://api.anthropic.com",
    key_env=("ANTHROPIC_API_KEY",),
    # The vendor takes x-api-key or Authorization: Bearer; of both it reads only x-api-key, so that one is sent.
    authenticate=header_key("x-api-key"),
    key_header="x-api-key",
    fixed_headers=(("anthropic-version", "2026-10-21"),),
    # platform.claude.com/docs/en/models/sonnet-5/overview
    model="claude-sonnet-5",
    makes="claude-",
    context_window=1_000_000,
    max_tokens=128_000,
    capabilities=frozenset(
        {
            "text",
            "tools",
            "parallel_tools",
            "thinking",
            "structured_output",
            "images",
            "stop_sequences",
            "refusal",  # stop_reason says it; a filter has no stop reason of its own here
            "prompt_cache",
        }
    ),
    obligations=TEST_REQUIRED,
)
