"""Ollama: the official speaker of ollama, on one's own machine; the cloud takes the same with a key.

Rule of the file: facts, each as its vendor documents it.
"""

from __future__ import annotations

from conformance.adapters import TEST_REQUIRED, HttpAdapter
from conformance.auth import bearer_if_any
from conformance.dialects import dialect

ADAPTER = HttpAdapter(
    name="ollama",
    display_name="Ollama",
    aliases=("ollama-native",),
    dialect=dialect("ollama"),
    base_url="http://127.0.0.1:11434",
    key_env=("OLLAMA_API_KEY",),
    authenticate=bearer_if_any,  # a server at home wants none; https://ollama.com wants it as a bearer token
    key_header="authorization",
    # ollama.com/library/qwen3-vl: vision, tools, thinking
    model="qwen3-vl",
    context_window=256_000,
    max_tokens=32_768,
    capabilities=frozenset(
        {
            "text",
            "tools",
            "parallel_tools",
            "thinking",
            "structured_output",
            "images",
            "stop_sequences",
        }
    ),
    obligations=TEST_REQUIRED,
)
