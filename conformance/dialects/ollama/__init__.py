"""The language of POST /api/chat (Ollama), both halves, its schemas and its rules. A stream is JSON, line by line.

Rule of the folder: tables (`words`) stand between the halves, so what one half says the other understands.
"""

from __future__ import annotations

from conformance.dialects import Dialect, StreamDecoder
from conformance.dialects.functions import tool_schemas
from conformance.exchange import Headers, path_of
from conformance.model import JSON, ChatRequest
from conformance.wire import NDJSON, FrameDecoder

from .manners import MANNERS
from .reply import reply_of
from .request import body_of
from .rules import BOOK
from .schemas import SCHEMAS
from .serve import OllamaServer
from .stream import Reader
from .words import error_of

__all__ = ["DIALECT"]

PATH = "/api/chat"


def _path(request: ChatRequest) -> str:
    return PATH


def _claims(method: str, url: str, headers: Headers, body: JSON) -> bool:
    return method.upper() == "POST" and path_of(url).rstrip("/").endswith(PATH)


def _decoder() -> StreamDecoder:
    return FrameDecoder(NDJSON(), Reader())


def _streams(url: str, body: JSON) -> bool:
    """A stream is what is asked for unless it is refused."""
    return isinstance(body, dict) and body.get("stream") is not False


DIALECT = Dialect(
    name="ollama",
    framing="ndjson",
    path=_path,
    claims=_claims,
    body=body_of,
    reply=reply_of,
    decoder=_decoder,
    error=error_of,
    streams=_streams,
    server=OllamaServer(),
    rules=BOOK,
    schemas=SCHEMAS,
    tools_path="tools[].function.parameters",
    tool_schemas=tool_schemas,
    content_type="application/x-ndjson",
    manners=MANNERS,
    untold={"messages: type of an image": "the server sees from the bytes what kind of picture they are"},
    version="2026-08",
)
