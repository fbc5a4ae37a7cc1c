"""Mistral: the official speaker of mistral.

Rule of the file: facts, each as its vendor documents it.
"""

from __future__ import annotations

from conformance.adapters import TEST_REQUIRED, HttpAdapter
from conformance.auth import bearer
from conformance.dialects import dialect

ADAPTER = HttpAdapter(
    name="mistral",
    display_name="Mistral",
    aliases=("mistral-ai", "mistralai"),
    dialect=dialect("mistral"),
    base_url="https://api.mistral.ai/v1",
    key_env=("MISTRAL_API_KEY",),
    authenticate=bearer,
    key_header="authorization",
    # docs.mistral.ai: models; Mistral Medium 3.5 reads images, calls tools and reasons with reasoning_effort
    model="mistral-medium-3-5",
    makes="(open-)?(mistral|ministral|mixtral|magistral|codestral|devstral|pixtral|voxtral)-",
    context_window=262_144,
    max_tokens=262_144,
    capabilities=frozenset(
        {
            "text",
            "tools",
            "parallel_tools",
            "thinking",
            "structured_output",
            "images",
            "stop_sequences",
            # neither refusal nor content_filter: no finish reason tells of them
            "prompt_cache",
        }
    ),
    obligations=TEST_REQUIRED,
)
