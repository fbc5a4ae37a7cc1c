"""Keep the key out of findings: a server that echoes it in pieces has it put together again by who reads the pieces.

Rule of the file: texts in, texts out. What travelled is masked by `caller`, before anything looks at it.
"""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from conformance.calls.concealing import REDACTED, SHORTEST, concealed
from conformance.rulebook import Finding

_CUT = "…\"'"
"""What stands at the end of evidence that was shortened."""


def secrets_of(key: str) -> tuple[str, ...]:
    """The key and its parts, each of which is secret."""
    return tuple({part for part in (key, *key.split(":")) if len(part) >= 4})


def masked(found: Finding, secrets: Collection[str]) -> Finding:
    """The finding without the key in any of its texts."""
    if not secrets:
        return found
    return replace(
        found,
        message=_without(found.message, secrets),
        path=found.path and _without(found.path, secrets),
        expected=found.expected and _without(found.expected, secrets),
        got=found.got and _without(found.got, secrets),
    )


def _without(text: str, secrets: Collection[str]) -> str:
    """The text without the key, and without the beginning of one that was cut off at its end."""
    text = concealed(text, secrets)
    bare = text.rstrip(_CUT)
    for secret in secrets:
        for length in range(len(secret) - 1, SHORTEST, -1):
            if bare.endswith(secret[:length]):
                return bare[:-length] + REDACTED + text[len(bare) :]
    return text
