"""The chunks of a streamed answer -> canonical events, by openai-chat's reader over this language's chunks.

Rule of the file: only `[DONE]` ends an answer: the finish chunk carries the usage here, so it proves nothing.
"""

from __future__ import annotations

from conformance.dialects import StreamDecoder
from conformance.dialects.openai_chat.stream import ChunkReader
from conformance.wire import SSE, FrameDecoder

from .chunks import typed


def decoder() -> StreamDecoder:
    """A fresh decoder for one answer."""
    return FrameDecoder(SSE(), ChunkReader(typed, sentinel=True))
