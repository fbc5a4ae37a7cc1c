"""SAP AI Core: OpenAI models behind a deployment of one's own, with a token for client credentials.

Rule of the file: facts, each as its vendor documents it. A deployment, a tenant and a resource group are the user's
own: what stands here stands for them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from conformance.adapters import TEST_REQUIRED, HttpAdapter
from conformance.auth import bearer
from conformance.auth.issuing import Issuer, said
from conformance.auth.tokens import MARGIN, Token
from conformance.dialects import dialect
from conformance.hosts.sap_ai_core import BOOK
from conformance.model import JSON, ChatRequest


def _service_key(key: str) -> Mapping[str, str]:
    """What the JSON text of a service key tells: the tenant, the client and its secret."""
    try:
        told = json.loads(key)
    except ValueError:
        return {}
    names = {"url": "auth_url", "clientid": "client_id", "clientsecret": "secret"}
    known = told if isinstance(told, dict) else {}
    return {name: known[given] for given, name in names.items() if isinstance(known.get(given), str)}


def _credential(key: str, settings: Mapping[str, str]) -> str:
    """Basic auth with a service key's client; `client:secret` and a bare secret do too."""
    pair = key if ":" in key and "secret" not in settings else f"{settings['client_id']}:{settings.get('secret', key)}"
    return f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"


def _token(told: JSON, now: float) -> Token:
    return Token(value=said(told, "access_token"), until=now + said(told, "expires_in", int) - MARGIN)


def _sample(word: str) -> JSON:
    return {"access_token": f"sap-{word}", "token_type": "bearer", "expires_in": 43_199, "scope": "uaa.resource"}


def _place(request: ChatRequest, settings: Mapping[str, str]) -> str:
    return f"/chat/completions?api-version={settings['api_version']}"


ADAPTER = HttpAdapter(
    name="sap-ai-core",
    display_name="SAP AI Core",
    aliases=("sap", "aicore"),
    dialect=dialect("openai-chat"),
    base_url="https://api.ai.prod.eu-central-1.aws.ml.hana.ondemand.com/v2/inference/deployments/{deployment}",
    key_env=("AICORE_SERVICE_KEY", "AICORE_CLIENT_SECRET"),
    settings={
        "auth_url": "https://tenant.authentication.eu10.hana.ondemand.com",
        "client_id": "conformance",
        "deployment": "d0123456789abcdef",
        "api_version": "2024-10-21",
    },
    issuer=Issuer(
        url="{auth_url}/oauth/token",
        headers=(("content-type", "application/x-www-form-urlencoded"),),
        body=b"grant_type=client_credentials",
        settings=_service_key,
        credential=_credential,
        read=_token,
        sample=_sample,
        refusal={"error": "unauthorized", "error_description": "Bad credentials"},
    ),
    authenticate=bearer,
    place=_place,
    # The resource group that every tenant has; another one: dataclasses.replace(ADAPTER, fixed_headers=...).
    fixed_headers=(("ai-resource-group", "default"),),
    model="gpt-4.1-mini",
    context_window=1_047_576,
    max_tokens=32_768,
    capabilities=frozenset(
        {
            "text",
            "tools",
            "parallel_tools",
            "structured_output",
            "images",
            "stop_sequences",
            "refusal",
            "content_filter",
            "prompt_cache",
        }
    ),
    rules=BOOK,
    obligations=TEST_REQUIRED,
)
