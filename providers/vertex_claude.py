"""Claude on Vertex AI: anthropic-messages with the model in the URL and the version in the body.

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
    verb = "streamRawPredict" if request.stream else "rawPredict"
    model = quote(request.model, safe="@")  # a semicolon would begin parameters of the path
    home = f"/v1/projects/{settings['project']}/locations/{settings['location']}"
    return f"{home}/publishers/anthropic/models/{model}:{verb}"


ADAPTER = HttpAdapter(
    name="vertex-claude",
    display_name="Claude on Vertex AI",
    aliases=("vertex-anthropic",),
    dialect=dialect("anthropic-messages"),
    # The global endpoint; a region's is https://{region}-aiplatform.googleapis.com.
    base_url="https://aiplatform.googleapis.com",
    key_env=("VERTEX_ACCESS_TOKEN", "GOOGLE_SERVICE_ACCOUNT_KEY"),
    authenticate=google,
    exchanged_at=token_address,
    settings={"project": "conformance-project", "location": "global"},
    place=_place,
    # docs.claude.com: Claude on Vertex AI; the version travels in the body and the model does not
    quirks={"anthropic_version": "2026-10-21"},
    model="claude-sonnet-5",
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
            "refusal",
            "prompt_cache",
        }
    ),
    rules=BOOK,
    obligations=TEST_REQUIRED,
)
