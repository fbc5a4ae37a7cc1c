"""The language of Mistral's POST /v1/chat/completions: openai-chat with contents, errors and a finish of its own.

Rule of the folder: what both languages say alike is taken from openai-chat; only the differences stand here.
"""

from __future__ import annotations

from conformance.dialects import Dialect
from conformance.dialects.functions import tool_schemas
from conformance.dialects.manners import Manners
from conformance.dialects.openai_chat import DIALECT as OPENAI_CHAT

from .failure import error_in
from .reply import reply_of
from .request import QUIRKS, body_of
from .rules import BOOK
from .schemas import SCHEMAS
from .serve import MistralServer
from .stream import decoder

__all__ = ["DIALECT", "QUIRKS"]

MANNERS = Manners(
    key_headers=("authorization",),
    no_key="Unauthorized",
    wrong_key="Unauthorized",
    no_model="Invalid model: {model}",
    no_model_status=400,
    no_model_code="1500",
    request_id="mistral-correlation-id",
    answer_id="",
    call_id="",
    call_digits=7,
)


DIALECT = Dialect(
    name="mistral",
    framing="sse",
    path=OPENAI_CHAT.path,
    claims=OPENAI_CHAT.claims,
    hosts=("mistral.ai",),  # form and path are openai-chat's: the host alone tells
    body=body_of,
    reply=reply_of,
    decoder=decoder,
    error=error_in,
    streams=OPENAI_CHAT.streams,
    server=MistralServer(),
    rules=BOOK,
    schemas=SCHEMAS,
    tools_path="tools[].function.parameters",
    tool_schemas=tool_schemas,
    prefix="/v1",
    manners=MANNERS,
    version="2026-08",
)
