"""How Bedrock behaves beyond its language: where keys are, what it says of bad ones, how its ids begin.

Rule of the file: data, and how a signature names its key.
"""

from __future__ import annotations

import re

from conformance.dialects.manners import Manners

_SIGNED = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/,\s]+)/")


def _key_of(value: str) -> str:
    """An API key, or the id of the key that signed: the secret is not sent, so the id stands for it."""
    hit = _SIGNED.match(value)
    return hit[1] if hit else value.removeprefix("Bearer ").strip()


MANNERS = Manners(
    key_headers=("authorization",),
    key_of=_key_of,
    no_key="Missing Authentication Token",
    wrong_key="The security token included in the request is invalid.",
    no_model="The provided model identifier {model} is invalid.",
    no_model_code="ResourceNotFoundException",
    request_id="x-amzn-requestid",
    call_id="tooluse_",
    counted=("cache_read", "cache_write"),
)
