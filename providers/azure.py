"""Azure OpenAI: openai-chat below deployments, or at the v1 API, with a key of its own.

Rule of the file: facts, each as its vendor documents it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from conformance.adapters import TEST_REQUIRED, HttpAdapter
from conformance.auth import header_key
from conformance.dialects import dialect
from conformance.hosts.azure import BOOK
from conformance.model import ChatRequest
from conformance.rulebook import Profile


def _place(request: ChatRequest, settings: Mapping[str, str]) -> str:
    """Below the deployment that the request names, for a dated api-version; else at the v1 API."""
    version = settings["api_version"]
    if re.match(r"\d{4}-", version):
        return f"/openai/deployments/{quote(request.model, safe='')}/chat/completions?api-version={version}"
    return "/openai/v1/chat/completions" + (f"?api-version={version}" if version != "v1" else "")


ADAPTER = HttpAdapter(
    name="azure",
    display_name="Azure OpenAI",
    aliases=("azure-openai", "azure-foundry"),
    dialect=dialect("openai-chat"),
    # also {resource}.cognitiveservices.azure.com and {resource}.services.ai.azure.com
    base_url="https://{resource}.openai.azure.com",
    settings={
        "resource": "conformance-resource",
        # learn.microsoft.com, API version lifecycle: the last dated one that is no preview; v1, preview, latest: v1 API
        "api_version": "2024-10-21",
    },
    place=_place,
    routes=("/openai/deployments/{deployment}/chat/completions", "/openai/v1/chat/completions"),
    key_env=("AZURE_OPENAI_API_KEY",),
    # A token of Entra would go as a bearer token instead; never both.
    authenticate=header_key("api-key"),
    key_header="api-key",
    # the name of a deployment, which its owner chooses; the body's model is not read below deployments
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
            "stop_sequences",
            "refusal",
            "content_filter",
            "prompt_cache",
        }
    ),
    # recorded streams begin with what the filter found; the gateway's errors are a number and a message
    deviations=("filter_head", "error_gateway"),
    profile=Profile("azure", {"OC-H01": (None, "AZ-H01 to AZ-H03 say where calls go and how the key travels")}),
    rules=BOOK,
    obligations=TEST_REQUIRED,
)
