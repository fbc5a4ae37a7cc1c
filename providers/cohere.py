"""Cohere: the official speaker of cohere-v2.

Rule of the file: facts, each as its vendor documents it.
"""

from __future__ import annotations

from conformance.adapters import TEST_REQUIRED, HttpAdapter
from conformance.auth import bearer
from conformance.dialects import dialect

ADAPTER = HttpAdapter(
    name="cohere",
    display_name="Cohere",
    aliases=("co", "cohere-v2"),
    dialect=dialect("cohere-v2"),
    base_url="https://api.cohere.com",
    key_env=("CO_API_KEY", "COHERE_API_KEY"),  # the first is the one that the vendor's SDK reads
    authenticate=bearer,
    key_header="authorization",
    # docs.cohere.com/docs/command-a-reasoning: text in, tools, reasoning; pictures are for command-a-vision alone
    model="command-a-reasoning-08-2025",
    makes="(command|c4ai)-",
    context_window=256_000,
    max_tokens=32_000,
    capabilities=frozenset(
        {
            "text",
            "tools",
            "parallel_tools",
            "thinking",
            "structured_output",
            "stop_sequences",
            "prompt_cache",
        }
    ),
    obligations=TEST_REQUIRED,
)
