"""An ask as the HTTP request that it is: composed by the adapter, spoilt where the ask says so.

Rule of the file: nothing is sent.
"""

from __future__ import annotations

from msgspec.structs import replace

from conformance.calls.outgoing import CallOptions, Outgoing, build
from conformance.endpoints.asking import Ask
from conformance.endpoints.endpoint import Endpoint


def outgoing(endpoint: Endpoint, ask: Ask, options: CallOptions) -> Outgoing:
    """The HTTP request of an ask. Raises `UnsupportedError` for what the language cannot say."""
    speaker = endpoint.speaks(good=ask.key == "good", usage=not ask.without_usage)
    if ask.request is None:
        lines = [("accept", "application/json"), ("accept-encoding", "identity")]
        lines += getattr(endpoint.speaker, "fixed_headers", ())
        lines += [("content-type", ask.label)] if ask.body else []
        return Outgoing(ask.method, _address(endpoint, ask.path), tuple(lines), ask.body, options.auth(speaker))
    request = ask.request if ask.request.model else replace(ask.request, model=endpoint.model)
    out = build(speaker, request, options)
    headers = tuple((name, ask.label if name == "content-type" else value) for name, value in out.headers)
    content = ask.spoil(speaker.body(request)) if ask.spoil else out.content
    url = _address(endpoint, ask.path) if ask.path else out.url
    return out._replace(method=ask.method, url=url, headers=headers, content=content)


def _address(endpoint: Endpoint, path: str) -> str:
    below = path.removeprefix("origin:")
    return endpoint.origin + below if below != path else endpoint.base_url + path
