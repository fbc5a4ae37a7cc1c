"""Transport failures: exceptions of httpx and httpx2, told apart by name, become canonical errors.

Rule of the file: names, no imports. Whichever library the client is from, its exceptions are known by their names.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from conformance.model import Error, ErrorKind, error

_LIBRARIES = ("httpx", "httpx2", "openai", "anthropic")
"""The HTTP libraries, and the vendors' SDKs that wrap their exceptions."""

_KINDS: Mapping[str, ErrorKind] = {
    "TimeoutException": "timeout",
    "ProxyError": "proxy_error",
    "ConnectError": "server",
    "NetworkError": "truncated",
    "RemoteProtocolError": "truncated",
    "DecodingError": "protocol",
    "ProtocolError": "protocol",
    "UnsupportedProtocol": "invalid_request",
    "TransportError": "server",
    "TooManyRedirects": "protocol",
    "APITimeoutError": "timeout",
    "APIConnectionError": "server",
}
"""From the finest class name to the coarsest: the first that stands in the exception's ancestry decides."""


_NO_ANSWER = " gave no answer: "


def is_transport_fault(fault: BaseException) -> bool:
    """Did the HTTP library fail to carry the call (and not: did its caller make a mistake)?"""
    return bool(_names(fault) & _KINDS.keys())


def said(fault: BaseException, url: str) -> Error:
    """The failure as the canonical error that ends the timeline."""
    names = _names(fault)
    kind = next(kind for name, kind in _KINDS.items() if name in names)
    why = _reason(fault)
    if _NO_ANSWER in why:  # said already, by a transport that travels by another
        return error(kind, why)
    return error(kind, f"{url}{_NO_ANSWER}{type(fault).__name__}: {why}")


def _reason(fault: BaseException) -> str:
    """What the library says, and what the operating system said to it."""
    told, below = str(fault), fault.__cause__ or fault.__context__
    while below is not None:
        if isinstance(below, OSError) and (why := _by_the_system(below)) and why not in told:
            return f"{told}: {why}" if told else why
        below = below.__cause__ or below.__context__
    return told or "no reason given"


def _by_the_system(fault: OSError) -> str:
    if isinstance(fault, ConnectionError) and fault.errno:
        return os.strerror(fault.errno)  # asyncio puts words of its own in its place
    return fault.strerror or ""


def _names(fault: BaseException) -> set[str]:
    """The names of the library's own classes that the exception is made of."""
    return {one.__name__ for one in type(fault).__mro__ if one.__module__.partition(".")[0] in _LIBRARIES}
