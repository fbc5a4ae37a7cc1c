"""A server of openai-chat that owes the kit nothing: written on the standard library alone, with faults to order.

Rule of the file: it knows neither the scenarios nor the virtual provider. One file, for whoever doubts a verdict
reads it from top to bottom; a fault of a name is where `has` asks for it.
"""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from plain_answers import MODEL, error_as_answer, streamed, whole

KEY = "plain-key-0123456789"


def refusal(message: str, code: str | None = None) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}


class PlainServer:
    """Runs for the time of a `with` block; `faults` are names that the handler looks for."""

    def __init__(self, *faults: str, key: str = KEY) -> None:
        self.faults, self.key = frozenset(faults), key
        self.calls: list[tuple[str, str, dict[str, str], bytes]] = []
        """Method, path, headers and body of all that came."""

    def __enter__(self) -> Self:
        owner = self

        class Bound(Handler):
            plain = owner

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Bound)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class Handler(BaseHTTPRequestHandler):
    plain: PlainServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def has(self, fault: str) -> bool:
        return fault in self.plain.faults

    def read(self) -> bytes:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        lines = {name.lower(): value for name, value in self.headers.items()}
        self.plain.calls.append((self.command, self.path, lines, body))
        return body

    # -------------------------------------------------------------- answers

    def head(self, status: int, label: str, **more: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": label, "x-request-id": "req_plain", **more}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def send_json(self, status: int, value: Any, **more: str) -> None:
        body = json.dumps(value, ensure_ascii=False).encode()
        self.head(status, "application/json", Content_Length=str(len(body)), **more)
        self.wfile.write(body)

    def fail(self, status: int, message: str, code: str | None = None) -> None:
        self.send_json(status, refusal(message, code))

    def send_pieces(self, told: list[bytes]) -> None:
        self.head(200, "text/event-stream", Transfer_Encoding="chunked")
        if self.has("one-block"):
            time.sleep(0.16)  # the least silence from which anything can be told
            told = [b"".join(told)]
        for at, piece in enumerate(told):
            if (at == 1 and self.has("late")) or (at == 4 and self.has("pause")):
                time.sleep(0.045)
            self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    # -------------------------------------------------------------- questions

    def do_GET(self) -> None:
        self.read()
        if self.path == "/health":
            self.send_json(200, {"status": "on fire" if self.has("unwell") else "ok"})
        elif self.path == "/v1/models":
            item = {
                "id": "another" if self.has("unlisted") else MODEL,
                "object": "model",
                "created": 1,
                "owned_by": "us",
            }
            item = {"id": MODEL, "object": "model", "created": 1} if self.has("unowned") else item
            self.send_json(200, {"object": "list", "data": [{"id": MODEL} if self.has("bare-models") else item]})
        elif self.path == "/v1/chat/completions" and not self.has("any-method"):
            self.send_json(405, refusal("use POST"), **{} if self.has("no-allow") else {"Allow": "POST"})
        else:
            self.send_json(200, {}) if self.has("any-method") else self.fail(404, "there is nothing here")

    def do_POST(self) -> None:
        raw = self.read()
        if self.path != "/v1/chat/completions" and not self.has("any-path"):
            return self.fail(404, "there is nothing here")
        if self.has("busy") and len(self.plain.calls) == 3:
            return self.fail(429, "too many requests", "rate_limit_exceeded")
        key = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.plain.key and key != self.plain.key and not self.has("any-key"):
            echo = f": {key}" if self.has("echo-key") else ""
            status = 404 if self.has("key-as-404") else 401
            return self.fail(status, f"the key is wrong{echo}", "invalid_api_key")
        if self.headers.get("Content-Type", "") != "application/json" and not self.has("any-label"):
            return self.fail(415, "send application/json")
        try:
            asked = json.loads(raw)
        except ValueError:
            if self.has("torn-json-500"):
                return self.fail(500, "internal error")
            return self.answer({}, None) if self.has("any-json") else self.fail(400, "the body is not JSON")
        self.looked_at(asked)

    def looked_at(self, asked: dict[str, Any]) -> None:
        """Answer what is sound; refuse what is not."""
        if "messages" not in asked and not self.has("any-messages"):
            if self.has("error-as-content"):
                return self.send_json(200, error_as_answer("no messages"))
            if self.has("silent"):
                self.close_connection = True
                return None
            return self.fail(409 if self.has("odd-status") else 400, "messages is missing")
        if asked.get("model") != MODEL and not self.has("any-model"):
            return self.fail(404, f"the model {asked.get('model')} does not exist", "model_not_found")
        limit = asked.get("max_tokens", asked.get("max_completion_tokens"))
        if self.has("only-max_tokens"):
            limit = asked.get("max_tokens")
        if self.has("no-max_tokens"):
            limit = asked.get("max_completion_tokens")
        if isinstance(limit, int) and limit < 1 and not self.has("any-limit"):
            return self.fail(400, "the limit must be at least 1")
        if self.has("images-500") and "image_url" in json.dumps(asked):
            return self.fail(500, "no eyes")
        if asked.get("tools") and self.has("no-tools"):
            return self.fail(400, "tools are not supported")
        if asked.get("stream") and self.has("no-streams"):
            return self.fail(403, "streams are not for you")
        return self.answer(asked, None if self.has("ignored-max_tokens") else limit)

    def answer(self, asked: dict[str, Any], limit: int | None) -> None:
        known = (asked, max(limit or 0, 0) or None, self.plain.faults, len(self.plain.calls))
        self.send_pieces(streamed(*known)) if asked.get("stream") else self.send_json(200, whole(*known))
