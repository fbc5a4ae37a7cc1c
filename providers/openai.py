"""OpenAI: the official speaker of openai-chat.

Rule of the file: facts, each as its vendor documents it.
"""

from __future__ import annotations

from conformance.adapters import TEST_REQUIRED, HttpAdapter
from conformance.auth import bearer
from conformance.dialects import dialect

ADAPTER = HttpAdapter(
    name="openai",
    display_name="OpenAI",
    aliases=("open-ai", "oai"),
    dialect=dialect("openai-chat"),
    base_url="https://api.openai.com/v1",
    key_env=("OPENAI_API_KEY",),
    authenticate=bearer,
    key_header="authorization",
    # developers.openai.com/api/docs/models: text and images in, tools, structured outputs, reasoning effort
    model="gpt-5.4-mini",
    makes=r"(gpt-\d|chatgpt-|o\d)",
    context_window=400_000,
    max_tokens=128_000,
    capabilities=frozenset(
        {
            "text",
            "tools",
            "parallel_tools",
            "thinking",  # not shown by this dialect, but counted in usage
            "structured_output",
            "images",
            "stop_sequences",
            "refusal",
            "content_filter",
            "prompt_cache",
        }
    ),
    obligations=TEST_REQUIRED,
)
