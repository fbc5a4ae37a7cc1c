"""Gemini on Vertex AI: the language gemini at a project's own URL, with an OAuth access token.

Rule of the file: facts, each as its vendor documents it. Project and location are the user's own: `settings` stand for
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from conformance.adapters import TEST_REQUIRED, HttpAdapter
from conformance.auth.google import google, token_address
from conformance.dialects import dialect
from conformance.hosts.vertex import BOOK
from conformance.model import ChatRequest


def _place(request: ChatRequest, settings: Mapping[str, str]) -> str:
    verb = "streamGenerateContent?alt=sse" if request.stream else "generateContent"
    model = quote(request.model, safe="@")  # a semicolon would begin parameters of the path
    home = f"/v1/projects/{settings['project']}/locations/{settings['location']}"
    return f"{home}/publishers/google/models/{model}:{verb}"


ADAPTER = HttpAdapter(
    name="vertex",
    display_name="Gemini on Vertex AI",
    aliases=("vertex-ai", "google-vertex"),
    dialect=dialect("gemini"),
    # The global endpoint; a region's is https://{region}-aiplatform.googleapis.com.
    base_url="https://aiplatform.googleapis.com",
    key_env=("VERTEX_ACCESS_TOKEN", "GOOGLE_SERVICE_ACCOUNT_KEY"),
    authenticate=google,
    exchanged_at=token_address,
    settings={"project": "conformance-project", "location": "global"},
    place=_place,
    model="gemini-3.5-flash",
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
            "content_filter",
            "prompt_cache",
        }
    ),
    rules=BOOK,
    obligations=TEST_REQUIRED,
)
