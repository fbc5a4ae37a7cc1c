"""Bodies in both directions: what an adapter sends, and what a server of its dialect answers.

Rule of the file: nothing is typed in by hand; the adapter and the dialect's server half make every byte.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.dialects import Dialect
from conformance.dialects import dialect as find_dialect
from conformance.errors import UsageError
from conformance.exchange import Chunk, Response
from conformance.model import JSON, ChatRequest, Reply, user
from conformance.subjects.samples import SIMPLE_REPLY, TOOL_REPLY, WEATHER

if TYPE_CHECKING:
    from conformance.adapters import Adapter


def body_for(adapter: str | Adapter, model: str | None = None, prompt: str = "Hi", *, stream: bool = True) -> JSON:
    """The very JSON that an adapter sends for one prompt: compare, or give it to `vcr_client`.

    >>> body_for("anthropic", "claude-sonnet-5", "Hi")["max_tokens"]
    8192
    >>> body_for("openai", "gpt-5", "Hi")["stream_options"]
    {'include_usage': True}
    """
    from conformance.adapters import adapter as find

    speaker = find(adapter) if isinstance(adapter, str) else adapter
    return speaker.body(ChatRequest(model=model or speaker.model, messages=(user(prompt),), stream=stream))


def simple_sse(dialect: str | Dialect, text: str | None = None) -> str:
    """The smallest complete stream of a text answer.

    >>> simple_sse("openai-chat").rstrip().splitlines()[-1]
    'data: [DONE]'
    """
    from msgspec.structs import replace

    from conformance.model import Text

    return _stream(dialect, replace(SIMPLE_REPLY, parts=(Text(text),)) if text is not None else SIMPLE_REPLY)


def tool_call_sse(dialect: str | Dialect) -> str:
    """The smallest complete stream of an answer that calls `get_weather`.

    >>> '"get_weather"' in tool_call_sse("anthropic-messages")
    True
    """
    return _stream(dialect, TOOL_REPLY)


def event_stream_response(body: str | bytes, dialect: str | Dialect | None = None) -> Response:
    """A 200 response that streams this body, labelled as the dialect labels it (without one: text/event-stream).

    >>> event_stream_response("data: [DONE]\\n\\n").header("content-type")
    'text/event-stream'
    """
    label = _language(dialect).content_type if dialect else "text/event-stream"
    data = body.encode() if isinstance(body, str) else body
    return Response(200, (("content-type", label),), (Chunk(0.0, data),))


def _stream(dialect: str | Dialect, reply: Reply) -> str:
    language = _language(dialect)
    if language.framing == "eventstream":
        raise UsageError(
            f"{language.name} streams binary frames, not text", "use dialect.server.stream, which yields bytes"
        )
    request = ChatRequest(model="sample-model", messages=(user("Hi"),), tools=(WEATHER,), stream=True)
    return b"".join(language.server.stream(reply, request, language.body(request, {}))).decode()


def _language(dialect: str | Dialect) -> Dialect:
    return find_dialect(dialect) if isinstance(dialect, str) else dialect
