"""Amazon Bedrock: the one speaker of bedrock-converse.

Rule of the file: facts, each as its vendor documents it. The key is a Bedrock API key, or AWS credentials as one text,
`ACCESS:SECRET` or `ACCESS:SECRET:SESSION`: then each request is signed (needs the extra `bedrock`). Never both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.adapters import TEST_REQUIRED, HttpAdapter, KeySample
from conformance.auth import bearer
from conformance.auth.sigv4 import sigv4
from conformance.dialects import dialect

if TYPE_CHECKING:
    import httpx

REGION = "us-east-1"


def authenticate(key: str) -> httpx.Auth:
    """A bearer token, or a signature for keys with a colon, which API keys never have."""
    return sigv4(key, "bedrock", REGION) if ":" in key else bearer(key)


ADAPTER = HttpAdapter(
    name="bedrock",
    display_name="Amazon Bedrock",
    aliases=("amazon-bedrock", "aws-bedrock"),
    dialect=dialect("bedrock-converse"),
    base_url=f"https://bedrock-runtime.{REGION}.amazonaws.com",
    # docs.aws.amazon.com/bedrock, API keys; the second one is ours, for credentials to sign with
    key_env=("AWS_BEARER_TOKEN_BEDROCK", "BEDROCK_CREDENTIALS"),
    authenticate=authenticate,
    key_header="authorization",
    key_samples=(
        KeySample(
            key="AKIDCONFORMANCE12:Secret/Conformance+0123456789abcdefghijk:session-conformance-0123456789",
            shown={"authorization": "AKIDCONFORMANCE12", "x-amz-security-token": "session-conformance-0123456789"},
            hidden=("Secret/Conformance+0123456789abcdefghijk",),
        ),
    ),
    # An inference profile, as newer models want. docs.aws.amazon.com/bedrock, supported models and features
    model="us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    makes=r"([a-z]{2,6}\.)?(amazon|anthropic|meta|mistral|cohere|ai21|deepseek)\.",
    context_window=200_000,
    max_tokens=64_000,
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
    obligations=TEST_REQUIRED,
)
