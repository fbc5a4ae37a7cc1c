"""OpenAI's Responses API: the official speaker of openai-responses.

Rule of the file: facts, each as its vendor documents it.
"""

from __future__ import annotations

from conformance.adapters import TEST_REQUIRED, HttpAdapter
from conformance.auth import bearer
from conformance.dialects import dialect

ADAPTER = HttpAdapter(
    name="openai-responses",
    display_name="OpenAI Responses",
    aliases=("openai_responses", "responses"),
    dialect=dialect("openai-responses"),
    base_url="https://api.openai.com/v1",
    key_env=("OPENAI_API_KEY",),
    authenticate=bearer,
    key_header="authorization",
    # developers.openai.com/api/docs/models: text and images in, tools, structured outputs, reasoning effort
    model="gpt-5.4-mini",
    context_window=400_000,
    max_tokens=128_000,
    capabilities=frozenset(
        {
            "text",
            "tools",
            "parallel_tools",
            "thinking",
            "structured_output",
            "images",
            # no stop_sequences: the language has no field for them
            "refusal",
            "content_filter",
            "prompt_cache",
        }
    ),
    obligations=TEST_REQUIRED,
)
