"""Calls: how a request travels. `stream`, `astream` and `send` work with any client that is given to them.

Rule of the folder: the client is injected; nothing here opens a socket by itself, and what a server sent never raises.
"""

from __future__ import annotations

from conformance.calls.answer import Answer
from conformance.calls.client import astream, send, stream
from conformance.calls.outgoing import CallOptions, Outgoing, build

__all__ = ["Answer", "CallOptions", "Outgoing", "astream", "build", "send", "stream"]
