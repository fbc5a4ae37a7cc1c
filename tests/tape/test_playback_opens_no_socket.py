"""Playback opens no socket: an audit hook sees every connect, lookup and datagram, and sees none."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

from conformance.tape.sockets import NetworkInPlayback, no_network

HEAD = """
import asyncio, json, pathlib, sys, tempfile
import httpx, httpx2
from conformance.tape import open_tape, use_cassette

seen = []
EVENTS = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.sendmsg")
sys.addaudithook(lambda event, arguments: seen.append((event, arguments)) if event in EVENTS else None)

def cassette(requests, chunks, content_type="text/event-stream"):
    one = [{"request": {"method": "POST", "uri": uri, "headers": {}, "json": body},
            "response": {"status": {"code": 200, "message": "OK"}, "headers": {"content-type": content_type},
                         "body": {"chunks": chunks}}} for uri, body in requests]
    path = pathlib.Path(tempfile.mkdtemp()) / "c.json"
    path.write_text(json.dumps({"format": "conformance-cassette", "version": 1, "provenance": {}, "interactions": one}))
    return path
"""
CLIENTS = """
path = cassette([("https://api.invalid/v1", {"a": 1})], ["data: 1", "\\n\\n"])

async def read(client):
    async with client, client.stream("POST", "https://api.invalid/v1", json={"a": 1}) as answer:
        return [chunk async for chunk in answer.aiter_raw()]

for library in (httpx, httpx2):
    with open_tape(path) as tape, library.Client(transport=tape.transport(library)) as client:
        assert client.post("https://api.invalid/v1", json={"a": 1}).content == b"data: 1\\n\\n"
    with open_tape(path) as tape:
        client = library.AsyncClient(transport=tape.async_transport(library))
        assert asyncio.run(read(client)) == [b"data: 1", b"\\n\\n"]
    with use_cassette(path, record_mode="none"), library.Client() as client:
        assert client.post("https://api.invalid/v1", json={"a": 1}).content == b"data: 1\\n\\n"
    with use_cassette(path, record_mode="none"):
        assert asyncio.run(read(library.AsyncClient())) == [b"data: 1", b"\\n\\n"]
"""
SDKS = """
import anthropic, openai

chat = {"messages": [{"role": "user", "content": "hi"}], "model": "m", "stream": True}
frame = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
told = [{**frame, "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]} for text in ("a", "b")]
chunks = [f"data: {json.dumps(one)}\\n\\n" for one in told] + ["data: [DONE]\\n\\n"]
path = cassette([("https://api.openai.com/v1/chat/completions", chat)], chunks)

def of_openai(client):
    return [chunk.choices[0].delta.content for chunk in client.chat.completions.create(**chat)]

with use_cassette(path, record_mode="none"):
    assert of_openai(openai.OpenAI(api_key="not-a-key-0")) == ["a", "b"]
with open_tape(path) as tape:
    transport = httpx2.Client(transport=tape.transport("httpx2"))
    assert of_openai(openai.OpenAI(api_key="not-a-key-0", http_client=transport)) == ["a", "b"]

whole = {"max_tokens": 5, "messages": [{"role": "user", "content": "hi"}], "model": "m"}
message = {"id": "m", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn",
           "stop_sequence": None, "content": [{"type": "text", "text": "yo"}],
           "usage": {"input_tokens": 1, "output_tokens": 1}}
path = cassette([("https://api.anthropic.com/v1/messages", whole)], [json.dumps(message)], "application/json")
with use_cassette(path, record_mode="none"):
    assert anthropic.Anthropic(api_key="not-a-key-0").messages.create(**whole).content[0].text == "yo"
with open_tape(path) as tape:
    transport = httpx2.Client(transport=tape.transport("httpx2"))
    client = anthropic.Anthropic(api_key="not-a-key-0", http_client=transport)
    assert client.messages.create(**whole).content[0].text == "yo"
    assert tape.exchanges[0].request.header("authorization") == "Bearer <redacted>"
"""
PROOF = """
assert not seen, seen
try:
    httpx.get("http://127.0.0.1:9/")
except httpx.ConnectError:
    pass
assert seen, "the hook sees nothing at all"
print("none")
"""


def run(program):
    text = HEAD + textwrap.dedent(program) + PROOF
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "none\n", done.stderr


def test_no_client_opens_a_socket():
    run(CLIENTS)


def test_no_sdk_opens_a_socket():
    pytest.importorskip("openai")
    pytest.importorskip("anthropic")
    run(SDKS)


def test_the_guard_refuses_other_machines_and_lets_this_one_through():
    program = """
import socket
from conformance.tape.sockets import NetworkInPlayback, no_network

def reach(address):
    try:
        socket.create_connection(address, timeout=0.2).close()
    except NetworkInPlayback as error:
        return str(error)
    except OSError:
        return "tried"

with no_network() as caught:
    assert "198.51.100.7" in reach(("198.51.100.7", 80)), caught
    assert "api.invalid" in reach(("api.invalid", 80))
    assert reach(("127.0.0.1", 9)) == "tried"
    assert len(caught) == 2
    with no_network(["api[.]invalid"]) as inner:
        reach(("api.invalid", 80))
        assert not inner
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_guard_is_off_outside_of_its_block():
    with no_network() as caught:
        caught.append(NetworkInPlayback("x"))
    with no_network() as again:
        assert again == []
