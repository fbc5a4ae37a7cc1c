"""How each vendor behaves beyond its language: where it looks for the key, what it says then, what its ids look like.

Rule of the file: one row for each dialect; a dialect without a row gets `_PLAIN`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Manners(NamedTuple):
    """The ways of one vendor."""

    key_headers: tuple[str, ...] = ("authorization", "x-api-key")
    """Where the key may be; the first header that is there decides."""
    no_key: str = "no API key"
    wrong_key: str = "invalid API key"
    no_model: str = "unknown model {model}"
    no_model_code: str | None = None
    request_id: str = "x-request-id"
    """The response header that names the request."""
    answer_id: str = "answer-"
    """How ids of answers begin."""
    call_id: str = "call-"
    """How ids of tool calls begin."""
    counted: tuple[str, ...] = ()
    """What of the usage is always reported, as 0 when there was none."""


_PLAIN = Manners()

_OPENAI = Manners(
    key_headers=("authorization",),
    no_key="You did not provide an API key. Send it as a Bearer token in the Authorization header.",
    wrong_key="Incorrect API key provided.",
    no_model="The model `{model}` does not exist or you do not have access to it.",
    no_model_code="model_not_found",
    answer_id="chatcmpl-",
    call_id="call_",
    counted=("cache_read", "reasoning"),
)

_BY_DIALECT: Mapping[str, Manners] = {
    "openai-chat": _OPENAI,
    "openai-responses": _OPENAI._replace(answer_id="resp_"),
    "anthropic-messages": Manners(
        key_headers=("x-api-key", "authorization"),
        no_key="x-api-key header is required",
        wrong_key="invalid x-api-key",
        no_model="model: {model}",
        request_id="request-id",
        answer_id="msg_",
        call_id="toolu_",
        counted=("cache_read", "cache_write"),
    ),
}


def manners_of(dialect: str) -> Manners:
    """The ways of the vendor whose language this is."""
    return _BY_DIALECT.get(dialect, _PLAIN)
