"""The language of POST models/…:generateContent and :streamGenerateContent (Gemini), both halves, schemas and rules.

Rule of the folder: the official language of the Developer API, and what Vertex AI adds to its replies.
"""

from __future__ import annotations

from conformance.dialects import Dialect, StreamDecoder
from conformance.exchange import Headers
from conformance.model import JSON
from conformance.wire import FrameDecoder, SSEOrArray

from .failure import error_of
from .manners import MANNERS
from .names import spelt
from .parse import functions_in, schema_in
from .paths import ROUTES, VERBS, path, place_of
from .reply import reply_of
from .request import QUIRKS, body_of
from .rules import BOOK
from .schemas import SCHEMAS
from .serve import GeminiServer
from .stream import ChunkReader

__all__ = ["DIALECT", "QUIRKS", "path"]


def _claims(method: str, url: str, headers: Headers, body: JSON) -> bool:
    """Ours: `POST …/models/<id>:generateContent` and its streamed twin; countTokens and the like are other calls."""
    place = place_of(url)
    return method.upper() == "POST" and place is not None and place.verb in VERBS


def _decoder() -> StreamDecoder:
    return FrameDecoder(SSEOrArray(), ChunkReader())


def _streams(url: str, body: JSON) -> bool:
    place = place_of(url)
    return place is not None and place.verb == "streamGenerateContent"


def _tool_schemas(body: JSON) -> list[JSON]:
    return [schema_in(one) for one in functions_in(spelt(body))]


DIALECT = Dialect(
    name="gemini",
    framing="sse",
    path=path,
    claims=_claims,
    body=body_of,
    reply=reply_of,
    decoder=_decoder,
    error=error_of,
    streams=_streams,
    server=GeminiServer(),
    rules=BOOK,
    schemas=SCHEMAS,
    tools_path="tools[].functionDeclarations[].parametersJsonSchema",
    tool_schemas=_tool_schemas,
    manners=MANNERS,
    version="2026-08",
    array_streams=True,
    routes=ROUTES,
)
