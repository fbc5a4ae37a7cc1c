"""What went over the wire is on the tape, chunk by chunk, and comes back the same from every client."""

from __future__ import annotations

import asyncio
import gzip
import importlib
import json

import pytest

from conformance.exchange import Broken, Exchange
from conformance.tape import Provenance, open_tape, read_cassette

PIECES = [b'data: {"a":1}\n\n', b"data: \xe2\x82", b"\xac\n\n", b"\xff\xfe", "data: \u2028x\n\n".encode()]
BODY = {"model": "m", "stream": True, "n": 1.0}


def read_sync(library, transport, url):
    """(status, chunks as they came, error)"""
    hx, chunks = importlib.import_module(library), []
    with hx.Client(transport=transport) as client, client.stream("POST", url, json=BODY) as answer:
        try:
            chunks.extend(answer.iter_raw())
        except hx.TransportError as error:
            return answer.status_code, chunks, error
    return answer.status_code, chunks, None


def read_async(library, transport, url):
    async def go():
        hx, chunks = importlib.import_module(library), []
        async with hx.AsyncClient(transport=transport) as client, client.stream("POST", url, json=BODY) as answer:
            try:
                async for chunk in answer.aiter_raw():
                    chunks.append(chunk)
            except hx.TransportError as error:
                return answer.status_code, chunks, error
        return answer.status_code, chunks, None

    return asyncio.run(go())


WAYS = {"sync": (read_sync, "transport"), "async": (read_async, "async_transport")}


@pytest.fixture(params=["httpx", "httpx2"])
def library(request):
    return request.param


@pytest.fixture(params=list(WAYS))
def way(request):
    return WAYS[request.param]


def perform(tape, library, way, url):
    read, name = way
    return read(library, getattr(tape, name)(library), url)


def test_a_tape_gives_back_chunks_and_gaps_exactly(serve, script, tmp_path, library, way):
    server, path = serve(script(PIECES)), tmp_path / "verify_x_y.json"
    with open_tape(path, mode="record") as tape:
        assert perform(tape, library, way, server.url) == (200, PIECES, None)
    server.close()
    (recorded,) = read_cassette(path).exchanges
    assert [chunk.data for chunk in recorded.response.chunks] == PIECES
    with open_tape(path) as tape:
        assert perform(tape, library, way, server.url) == (200, PIECES, None)
        (played,) = tape.exchanges
    assert played.response == recorded.response
    assert recorded.response.end == "eof"
    assert json.loads(server.requests[0].partition(b"\r\n\r\n")[2]) == BODY == recorded.request.json()
    assert b"accept-encoding: identity" in server.requests[0].lower()


def test_the_other_library_plays_what_one_recorded(serve, script, tmp_path):
    server, path = serve(script(PIECES)), tmp_path / "c.json"
    with open_tape(path, mode="record") as tape:
        read_sync("httpx", tape.transport(), server.url)
    with open_tape(path) as tape:
        assert read_sync("httpx2", tape.transport("httpx2"), server.url)[1] == PIECES


def test_a_cut_stream_ends_with_the_same_error_again(serve, script, tmp_path, library, way):
    server, path = serve(script(PIECES[:2], cut=True)), tmp_path / "c.json"
    with open_tape(path, mode="record") as tape:
        _, chunks, first = perform(tape, library, way, server.url)
    with open_tape(path) as tape:
        assert perform(tape, library, way, server.url)[1] == chunks == PIECES[:2]
    with open_tape(path) as tape:
        again = perform(tape, library, way, server.url)[2]
    assert type(again) is type(first)
    assert type(again).__name__ == "RemoteProtocolError"
    assert str(again) == str(first)
    assert read_cassette(path).exchanges[0].response.end == Broken("RemoteProtocolError", str(first))


def test_a_consumer_that_leaves_early_is_on_the_tape(serve, script, tmp_path):
    import httpx

    server, path = serve(script(PIECES)), tmp_path / "c.json"
    recording = open_tape(path, mode="record")
    with recording as tape, httpx.Client(transport=tape.transport()) as client, client.stream("POST", server.url) as it:
        assert next(it.iter_raw()) == PIECES[0]
    response = read_cassette(path).exchanges[0].response
    assert (response.end, [chunk.data for chunk in response.chunks]) == ("closed", PIECES[:1])


def test_a_compressed_body_replays_compressed_and_reads_plain(serve, script, tmp_path):
    import httpx

    zipped = gzip.compress(b'data: {"text":"hello"}\n\n' * 20)
    headers = (("content-type", "text/event-stream"), ("content-encoding", "gzip"))
    server, path = serve(script([zipped[:9], zipped[9:]], headers=headers)), tmp_path / "c.json"
    with open_tape(path, mode="record") as tape:
        read_sync("httpx", tape.transport(), server.url)
    (one,) = read_cassette(path).exchanges
    assert one.response.body == gzip.decompress(zipped)
    assert len(one.response.chunks) == 2
    assert one.response.header("content-encoding") is None
    with open_tape(path) as tape, httpx.Client(transport=tape.transport()) as client:
        assert client.post(server.url, json=BODY).content == gzip.decompress(zipped)
    with open_tape(path) as tape:
        assert b"".join(read_sync("httpx", tape.transport(), server.url)[1]) == zipped


def test_gaps_are_kept_and_played_at_pace(tmp_path, monkeypatch):
    slept: list[float] = []
    monkeypatch.setattr("conformance.tape.streams.time.sleep", slept.append)
    path = tmp_path / "c.json"
    path.write_text(minimal(gaps=[0, 40, 1250]))
    assert [chunk.gap for chunk in read_cassette(path).exchanges[0].response.chunks] == [0, 0.04, 1.25]
    with open_tape(path, pace=2.0) as tape:
        read_sync("httpx", tape.transport(), "http://h/v1")
    assert slept == [0, 0.08, 2.5]


def minimal(gaps):
    body = {"chunks": ["a", "b", "c"], "end": "eof", "gaps_ms": gaps}
    one = {
        "request": {"method": "POST", "uri": "http://h/v1", "headers": {}, "json": BODY},
        "response": {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": body},
    }
    whole = {"format": "conformance-cassette", "version": 1, "provenance": {}, "interactions": [one]}
    return json.dumps(whole)


def test_recording_again_changes_only_time(serve, script, tmp_path):
    texts = []
    for turn in range(2):
        server = serve(script(PIECES))
        path = tmp_path / f"{turn}.json"
        with open_tape(path, mode="record", provenance=Provenance(recorded_at="2026-01-01", source="virtual")) as tape:
            read_sync("httpx", tape.transport(), server.url)
        texts.append([line for line in path.read_text().splitlines() if "gaps_ms" not in line and '"uri"' not in line])
    assert texts[0] == texts[1]


def test_every_chunk_and_all_gaps_stand_in_one_line_each(serve, script, tmp_path):
    server, path = serve(script(PIECES)), tmp_path / "c.json"
    with open_tape(path, mode="record") as tape:
        read_sync("httpx", tape.transport(), server.url)
    lines = [line.strip().rstrip(",") for line in path.read_text().splitlines()]
    start = lines.index('"chunks": [')
    assert lines[start + 1 : start + 6] == [
        '"data: {\\"a\\":1}\\n\\n"',
        '{"base64": "ZGF0YTog4oI="}',
        '{"base64": "rAoK"}',
        '{"base64": "//4="}',
        '"data: \\u2028x\\n\\n"',
    ]
    assert sum(line.startswith('"gaps_ms": [') and line.endswith("]") for line in lines) == 1


def test_a_block_that_fails_leaves_the_old_file(serve, script, tmp_path):
    server, path = serve(script(PIECES)), tmp_path / "c.json"
    path.write_text("old")

    def failing_block():
        with open_tape(path, mode="record") as tape:
            read_sync("httpx", tape.transport(), server.url)
            raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        failing_block()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_auto_records_once_and_then_plays(serve, script, tmp_path):
    server, path = serve(script(PIECES)), tmp_path / "c.json"
    for _ in range(2):
        with open_tape(path, mode="auto") as tape:
            assert read_sync("httpx", tape.transport(), server.url)[1] == PIECES
    assert len(server.requests) == 1


def test_two_tapes_play_side_by_side(tmp_path):
    for name in "ab":
        (tmp_path / name).write_text(minimal([0, 0, 0]).replace('"a", "b", "c"', f'"{name}", "", ""'))
    with open_tape(tmp_path / "a") as one, open_tape(tmp_path / "b") as two:
        told = [read_sync("httpx", tape.transport(), "http://h/v1")[1][0] for tape in (two, one)]
    assert told == [b"b", b"a"]


def test_an_exchange_says_where_it_comes_from(serve, script, tmp_path):
    server, path = serve(script(PIECES)), tmp_path / "verify_acme_simple_text.json"
    with open_tape(path, mode="record") as tape:
        read_sync("httpx", tape.transport(), server.url)
    found = read_cassette(path)
    assert found.provenance.source == "unknown"  # this machine is nobody's vendor
    assert (found.provenance.provider, found.provenance.scenario) == ("acme", "simple_text")
    assert found.provenance.recorded_at
    assert found.provenance.tool.startswith("provider-conformance ")
    (one,) = found.exchanges
    assert isinstance(one, Exchange)
    assert (one.id, one.dialect, one.origin) == ("verify_acme_simple_text#0", "openai-chat", f"{path}#0")
