"""Gemini: Google's Developer API, the official speaker of gemini.

Rule of the file: facts, each as its vendor documents it.
"""

from __future__ import annotations

from conformance.adapters import TEST_REQUIRED, HttpAdapter
from conformance.auth import header_key
from conformance.dialects import dialect

ADAPTER = HttpAdapter(
    name="gemini",
    display_name="Google Gemini",
    aliases=("google", "google-ai-studio", "google-genai"),
    dialect=dialect("gemini"),
    base_url="https://generativelanguage.googleapis.com",
    key_env=("GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY"),
    authenticate=header_key("x-goog-api-key"),
    key_header="x-goog-api-key",
    # ai.google.dev/gemini-api/docs/models: text and images in, tools, structured outputs, thinking
    model="gemini-3.5-flash",
    makes="gemini-",
    context_window=1_048_576,
    max_tokens=65_536,
    capabilities=frozenset(
        {
            "text",
            "tools",
            "parallel_tools",
            "thinking",
            "structured_output",
            "images",
            "stop_sequences",
            "content_filter",  # a model that refuses says so in text, or is cut by a filter
            "prompt_cache",
        }
    ),
    obligations=TEST_REQUIRED,
)
