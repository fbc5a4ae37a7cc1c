"""The dialect anthropic-messages: `POST /v1/messages`, as Anthropic speaks it and as others claim to.

Rule of the folder: a table (`words`) stands between the halves, so what one half says the other understands.
"""

from __future__ import annotations

from conformance.dialects import Dialect, StreamDecoder
from conformance.dialects.anthropic_messages.failures import error
from conformance.dialects.anthropic_messages.manners import MANNERS
from conformance.dialects.anthropic_messages.reply import reply
from conformance.dialects.anthropic_messages.request import QUIRKS, body
from conformance.dialects.anthropic_messages.schemas import SCHEMAS
from conformance.dialects.anthropic_messages.serve import SERVER, MessagesServer
from conformance.dialects.anthropic_messages.stream import Reader
from conformance.dialects.anthropic_messages.words import OLD_VERSION, VERSION
from conformance.exchange import Headers, header_of, path_of
from conformance.model import JSON, ChatRequest
from conformance.rulebook import WrittenIn
from conformance.wire import SSE, FrameDecoder

__all__ = ["DIALECT", "OLD_VERSION", "QUIRKS", "SERVER", "VERSION", "MessagesServer"]


def _path(request: ChatRequest) -> str:
    return "/v1/messages"


def _claims(method: str, url: str, headers: Headers, body: JSON) -> bool:
    """Ours: `…/v1/messages`, other `…/messages` that name a version, and Claude behind Vertex.

    Not ours: counting tokens (`/v1/messages/count_tokens`), and the messages of another vendor's threads.
    """
    path = path_of(url).rstrip("/")
    if method.upper() != "POST":
        return False
    if path.endswith("/messages"):
        return path.endswith("/v1/messages") or header_of(headers, "anthropic-version") is not None
    return "/publishers/anthropic/models/" in path and path.endswith((":rawPredict", ":streamRawPredict"))


def _streams(url: str, body: JSON) -> bool:
    asked = isinstance(body, dict) and body.get("stream") is True
    return asked or path_of(url).endswith(":streamRawPredict")


def _decoder() -> StreamDecoder:
    return FrameDecoder(SSE(), Reader())


def _tool_schemas(body: JSON) -> list[JSON]:
    tools = body.get("tools") if isinstance(body, dict) else None
    return [tool["input_schema"] for tool in tools or () if isinstance(tool, dict) and "input_schema" in tool]


DIALECT = Dialect(
    name="anthropic-messages",
    framing="sse",
    path=_path,
    claims=_claims,
    body=body,
    reply=reply,
    decoder=_decoder,
    error=error,
    streams=_streams,
    server=SERVER,
    rules=WrittenIn("anthropic-messages", f"{__name__}.rules"),
    schemas=SCHEMAS,
    tools_path="tools[].input_schema",
    tool_schemas=_tool_schemas,
    manners=MANNERS,
    version=VERSION,
)
