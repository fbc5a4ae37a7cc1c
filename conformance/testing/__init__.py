"""Helpers for tests of providers: small, under one roof, each with an example in docs/testing.md.

Rule of the folder: a helper makes evidence readable or a fixture short; it decides nothing about conformance.
"""

from __future__ import annotations

from conformance.subjects.samples import (
    KEY,
    ORDER,
    WEATHER,
    answered_request,
    minimal_request,
    request_with_tools,
    simple_request,
)
from conformance.testing.bodies import body_for, event_stream_response, simple_sse, tool_call_sse
from conformance.testing.looking import count_recordings, request_body_json, request_header
from conformance.testing.options import default_options, options_with_key
from conformance.testing.recording import record_for
from conformance.testing.runlog import RunLog
from conformance.testing.summary import StreamSummary, acollect, collect, summarize
from conformance.testing.vcr import vcr_client, vcr_client_bytes
from conformance.testing.verdicts import assert_conforms, readable

__all__ = [
    "KEY",
    "ORDER",
    "WEATHER",
    "RunLog",
    "StreamSummary",
    "acollect",
    "answered_request",
    "assert_conforms",
    "body_for",
    "collect",
    "count_recordings",
    "default_options",
    "event_stream_response",
    "minimal_request",
    "options_with_key",
    "readable",
    "record_for",
    "request_body_json",
    "request_header",
    "request_with_tools",
    "simple_request",
    "simple_sse",
    "summarize",
    "tool_call_sse",
    "vcr_client",
    "vcr_client_bytes",
]
