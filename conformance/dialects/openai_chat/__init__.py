"""The language of POST /chat/completions (OpenAI chat), both halves, its schemas and its rules.

Rule of the folder: the official language. How one vendor speaks it otherwise is a quirk, a profile or plain leniency.
"""

from __future__ import annotations

from conformance.dialects import Dialect, StreamDecoder
from conformance.dialects.manners import OPENAI
from conformance.exchange import Headers, path_of
from conformance.model import JSON, ChatRequest
from conformance.rulebook import WrittenIn
from conformance.wire import SSE, FrameDecoder

from .deviations import DEVIATIONS
from .failure import error_of
from .reply import reply_of
from .request import QUIRKS, body_of
from .schemas import SCHEMAS
from .serve import OpenAIChatServer
from .stream import ChunkReader

__all__ = ["DIALECT", "QUIRKS"]

PATH = "/chat/completions"


def _path(request: ChatRequest) -> str:
    return PATH


def _claims(method: str, url: str, headers: Headers, body: JSON) -> bool:
    return path_of(url).rstrip("/").endswith(PATH)


def _decoder() -> StreamDecoder:
    return FrameDecoder(SSE(), ChunkReader())


def _streams(url: str, body: JSON) -> bool:
    return isinstance(body, dict) and body.get("stream") is True


def _tool_schemas(body: JSON) -> list[JSON]:
    tools = body.get("tools") if isinstance(body, dict) else None
    named = [tool.get("function") for tool in tools or () if isinstance(tool, dict)]
    return [one.get("parameters") for one in named if isinstance(one, dict)]


DIALECT = Dialect(
    name="openai-chat",
    framing="sse",
    path=_path,
    claims=_claims,
    body=body_of,
    reply=reply_of,
    decoder=_decoder,
    error=error_of,
    streams=_streams,
    server=OpenAIChatServer(),
    rules=WrittenIn("openai-chat", f"{__name__}.rules"),
    schemas=SCHEMAS,
    tools_path="tools[].function.parameters",
    tool_schemas=_tool_schemas,
    prefix="/v1",
    manners=OPENAI,
    version="2026-08",
    deviations=DEVIATIONS,
)
