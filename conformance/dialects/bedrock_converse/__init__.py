"""The dialect bedrock-converse: `POST /model/{id}/converse` and `/converse-stream`, as Amazon Bedrock speaks it.

Rule of the folder: a table (`words`) stands between the halves, so what one half says the other understands.
"""

from __future__ import annotations

import re

from conformance.dialects import Dialect, StreamDecoder
from conformance.exchange import Headers, path_of
from conformance.model import JSON
from conformance.rulebook import WrittenIn
from conformance.wire import EventStream, FrameDecoder

from .failures import error
from .manners import MANNERS
from .reply import reply
from .request import body, path
from .schemas import SCHEMAS
from .serve import SERVER, ConverseServer
from .stream import Reader
from .turns import specs_in
from .words import VERSION, object_of

__all__ = ["DIALECT", "SERVER", "ConverseServer"]

_OURS = re.compile(r"/model/.+/converse(-stream)?/?$")


def _claims(method: str, url: str, headers: Headers, body: JSON) -> bool:
    """Ours: `/model/{id}/converse` and its stream. `/invoke` takes bodies of the models' own languages."""
    return method.upper() == "POST" and _OURS.search(path_of(url)) is not None


def _streams(url: str, body: JSON) -> bool:
    return path_of(url).rstrip("/").endswith("/converse-stream")


def _decoder() -> StreamDecoder:
    return FrameDecoder(EventStream(), Reader())


def _tool_schemas(body: JSON) -> list[JSON]:
    found = (object_of(spec.get("inputSchema")) for _, spec in specs_in(body))
    return [schema["json"] for schema in found if "json" in schema]


DIALECT = Dialect(
    name="bedrock-converse",
    framing="eventstream",
    path=path,
    claims=_claims,
    body=body,
    reply=reply,
    decoder=_decoder,
    error=error,
    streams=_streams,
    server=SERVER,
    rules=WrittenIn("bedrock-converse", f"{__name__}.rules"),
    schemas=SCHEMAS,
    tools_path="toolConfig.tools[].toolSpec.inputSchema.json",
    tool_schemas=_tool_schemas,
    content_type="application/vnd.amazon.eventstream",
    manners=MANNERS,
    routes=("/model/{model:path}/converse", "/model/{model:path}/converse-stream"),
    version=VERSION,
)
