"""Calls: how a request travels. `stream`, `astream` and `send` work with any client that is given to them; a `Line` to
one server adds deadlines and middleware, and a `Model` is one by name.

Rule of the folder: what a server sent is data or a `ServiceError`, never a traceback. The call layer is imported when
it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.calls.answer import Answer
from conformance.calls.client import astream, send, stream
from conformance.calls.outgoing import CallOptions, Outgoing, build

if TYPE_CHECKING:
    from conformance.calls.capacity import ExecutorConfig as ExecutorConfig
    from conformance.calls.context import CallContext as CallContext
    from conformance.calls.executor import RateLimitedExecutor as RateLimitedExecutor
    from conformance.calls.facade import Model as Model
    from conformance.calls.facade import quick_chat as quick_chat
    from conformance.calls.failures import ServiceError as ServiceError
    from conformance.calls.limits import Limits as Limits
    from conformance.calls.limits import RateLimiter as RateLimiter
    from conformance.calls.line import Line as Line
    from conformance.calls.service import AdapterService as AdapterService
    from conformance.calls.steps import Steps as Steps

__all__ = [
    "AdapterService",
    "Answer",
    "CallContext",
    "CallOptions",
    "ExecutorConfig",
    "Limits",
    "Line",
    "Model",
    "Outgoing",
    "RateLimitedExecutor",
    "RateLimiter",
    "ServiceError",
    "Steps",
    "astream",
    "build",
    "quick_chat",
    "send",
    "stream",
]

_FILES = {
    "AdapterService": "service",
    "CallContext": "context",
    "ExecutorConfig": "capacity",
    "Limits": "limits",
    "Line": "line",
    "Model": "facade",
    "RateLimitedExecutor": "executor",
    "RateLimiter": "limits",
    "ServiceError": "failures",
    "Steps": "steps",
    "quick_chat": "facade",
}


def __getattr__(name: str) -> object:
    if name not in _FILES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{_FILES[name]}"), name)
    globals()[name] = value
    return value
