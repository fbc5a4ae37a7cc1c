"""The language of POST /responses (OpenAI Responses), both halves, its schemas and its rules.

Rule of the folder: the official language. What it shares with openai-chat (errors, texts) is taken from there.
"""

from __future__ import annotations

from conformance.dialects import Dialect, StreamDecoder
from conformance.dialects.manners import OPENAI, Counting
from conformance.exchange import Headers, path_of
from conformance.model import JSON, ChatRequest
from conformance.rulebook import WrittenIn
from conformance.wire import SSE, FrameDecoder

from .deviations import DEVIATIONS
from .failure import error_in
from .reply import reply_of
from .request import QUIRKS, body_of
from .schemas import SCHEMAS
from .serve import OpenAIResponsesServer
from .stream import EventReader

__all__ = ["DIALECT", "QUIRKS"]

PATH = "/responses"


COUNTING = Counting(
    "/v1/responses/input_tokens",
    lambda body: body,
    lambda count: {"object": "response.input_tokens", "input_tokens": count},
)


def _path(request: ChatRequest) -> str:
    return PATH


def _claims(method: str, url: str, headers: Headers, body: JSON) -> bool:
    """Ours: `POST …/responses`. `…/responses/<id>` and what lies below are other calls."""
    return method.upper() == "POST" and path_of(url).rstrip("/").endswith(PATH)


def _decoder() -> StreamDecoder:
    return FrameDecoder(SSE(), EventReader())


def _streams(url: str, body: JSON) -> bool:
    return isinstance(body, dict) and body.get("stream") is True


def _tool_schemas(body: JSON) -> list[JSON]:
    tools = body.get("tools") if isinstance(body, dict) else None
    functions = [tool for tool in tools or () if isinstance(tool, dict) and tool.get("type") == "function"]
    return [one.get("parameters") for one in functions]


DIALECT = Dialect(
    name="openai-responses",
    framing="sse",
    path=_path,
    claims=_claims,
    body=body_of,
    reply=reply_of,
    decoder=_decoder,
    error=error_in,
    streams=_streams,
    server=OpenAIResponsesServer(),
    rules=WrittenIn("openai-responses", f"{__name__}.rules"),
    schemas=SCHEMAS,
    tools_path="tools[].parameters",
    tool_schemas=_tool_schemas,
    prefix="/v1",
    manners=OPENAI._replace(answer_id="resp_", counting=(COUNTING,)),
    version="2026-08",
    deviations=DEVIATIONS,
)
