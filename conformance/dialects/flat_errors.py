"""Errors that are one flat object with a message in it, in both directions: the form of several languages.

Rule of the file: never raises, whatever came; the vendor's own words are always kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.dialects.writing import json_bytes, proxy_page
from conformance.exchange import Headers, header_of, retry_after
from conformance.model import JSON, RETRYABLE, Error, ErrorKind, error

MOST_TEXT = 2000
"""A page or text that is no error object is quoted up to here."""


@dataclass(frozen=True)
class FlatErrors:
    """The errors of one language."""

    key: str
    """Under which the message stands."""
    kinds: Mapping[int, ErrorKind]
    """HTTP status -> kind. A status that is not here is the request's fault below 500, the server's from there on."""
    statuses: Mapping[ErrorKind, int]
    """With which status the server half says a kind."""
    more: Mapping[ErrorKind, Mapping[str, JSON]] = field(default_factory=dict)
    """What stands beside the message of a kind."""

    def read(self, status: int, headers: Headers, body: bytes) -> Error:
        """What a failed reply says; for a 2xx body that holds no error: kind "protocol"."""
        text = body.decode("utf-8", "replace").strip()
        try:
            value = json.loads(text) if text else None
        except (ValueError, RecursionError):
            value = None
            if text.startswith("<"):
                return self._failed("proxy_error", f"an HTML page instead of JSON: {text[:MOST_TEXT]}", status, headers)
        said = self.message_in(value)
        if status < 400:
            if said is not None:
                return error("server", said)
            return error("protocol", "the body holds neither an answer nor an error", status=status)
        return self._failed(self.kind_of(status), said or text[:MOST_TEXT] or "an empty body", status, headers)

    def message_in(self, value: JSON) -> str | None:
        """The message of an error object, also one in the shapes of gateways; None when it is none."""
        for _ in range(3):
            if isinstance(value, list) and value:
                value = value[0]
            if not isinstance(value, dict):
                return None
            for key in (self.key, "error", "message", "detail"):
                found = value.get(key)
                if isinstance(found, str) and found:
                    return found
            value = next((one for one in map(value.get, ("error", "errors", "detail")) if one), None)
        return None

    def kind_of(self, status: int) -> ErrorKind:
        """The kind that a status says."""
        return self.kinds.get(status, "server" if status >= 500 else "invalid_request")

    def body(self, fault: Error) -> dict[str, JSON]:
        """The error object as the server writes it."""
        message = fault.message.removeprefix(f"HTTP {fault.status}: ") if fault.status else fault.message
        return {**self.more.get(fault.kind, {}), self.key: message}

    def failure(self, fault: Error) -> tuple[int, Headers, bytes]:
        """Status, headers and body of an error. A proxy's error is a page, as a proxy would send it."""
        status = fault.status or self.statuses[fault.kind]
        wait: Headers = () if fault.retry_after is None else (("retry-after", f"{fault.retry_after:g}"),)
        if fault.kind == "proxy_error":
            return status, (("content-type", "text/html"), *wait), proxy_page(status, fault.message)
        return status, (("content-type", "application/json"), *wait), json_bytes(self.body(fault))

    @staticmethod
    def _failed(kind: ErrorKind, said: str, status: int, headers: Headers) -> Error:
        told = header_of(headers, "x-should-retry")
        again = (status == 429 or status >= 500) if kind == "proxy_error" else kind in RETRYABLE
        return error(
            kind,
            f"HTTP {status}: {said}",
            retryable=told == "true" if told in ("true", "false") else again,
            retry_after=retry_after(headers),
            status=status,
        )
