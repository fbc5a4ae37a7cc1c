"""vcrpy is the engine: our parts fit its extension points, and our own playback decides as it does."""

from __future__ import annotations

import json
import subprocess
import sys

import httpx
import httpx2
import pytest
from vcr import VCR
from vcr.cassette import Cassette
from vcr.matchers import method, uri
from vcr.record_mode import RecordMode

from conformance.errors import SecretLeak
from conformance.exchange import Exchange, Request, Response
from conformance.tape import Provenance, open_tape, read_cassette, register, use_cassette, vcr_options
from conformance.tape.decks import PlayDeck
from conformance.tape.recording import Recording
from conformance.tape.vcrdeck import VcrDeck, vcr_request
from conformance.tape.wiring import json_body, scrub_request

PIECES = [b"data: 1\n\n", b"data: \xff\n\n", b"data: [DONE]\n\n"]


def asked(body, url="https://h/v1", verb="POST"):
    return Request(verb, url, (("accept", "*/*"),), body)


REQUESTS = [
    asked(b'{"a":1,"b":true}'),
    asked(b'{"b":true,"a":1}'),  # the same again
    asked(b'{"a":1.0,"b":true}'),
    asked(b'{"a":1,"b":1}'),
    asked(b"not json"),
    asked(b""),
    asked(b"", "https://h"),
    asked(b"", "https://h/?key=secret&alt=sse"),
    asked(b"", "https://h/v1", "GET"),
]


@pytest.mark.parametrize("order", [range(9), range(8, -1, -1), [0, 0, 0, 1], [2, 3, 2, 5, 5, 8, 6, 7, 7, 4]])
def test_our_playback_decides_as_vcrpys_cassette_does(order):
    exchanges = tuple(
        Exchange(id=str(number), request=one, response=Response(200 + number)) for number, one in enumerate(REQUESTS)
    )
    ours = PlayDeck("c", Recording(Provenance(), exchanges))
    matchers = (method, uri, json_body)
    cassette = Cassette(
        "c", record_mode=RecordMode.NONE, match_on=matchers, before_record_request=lambda one: scrub_request(one)
    )
    for number, one in enumerate(REQUESTS):
        status = {"code": 200 + number, "message": ""}
        cassette.append(vcr_request(one), {"status": status, "headers": {}, "body": {"string": b""}})
    cassette.rewound = True
    theirs = VcrDeck.of(cassette)
    for number in order:
        found = [deck.take(REQUESTS[number]) for deck in (ours, theirs)]
        assert found[0] == found[1]
        if found[0] is None:
            assert str(ours.refuse(REQUESTS[number])) == str(theirs.refuse(REQUESTS[number]))


def read(client, url="https://h.invalid/v1"):
    with client.stream("POST", url, json={"a": 1}) as answer:
        return list(answer.iter_raw())


@pytest.fixture
def cassette(serve, script, tmp_path):
    """(path, url) of a recording that was made through vcrpy's patches."""
    server, path = serve(script(PIECES)), tmp_path / "verify_acme_x.json"
    with use_cassette(path, record_mode="all"), httpx.Client() as client:
        assert read(client, server.url) == PIECES
    return path, server.url


def test_patched_clients_record_and_play_chunks(cassette):
    path, url = cassette
    for library in (httpx, httpx2):
        with use_cassette(path, record_mode="none"), library.Client() as client:
            assert read(client, url) == PIECES


def test_an_explicit_tape_plays_what_patches_recorded(cassette):
    path, url = cassette
    with open_tape(path) as tape, httpx.Client(transport=tape.transport()) as client:
        assert read(client, url) == PIECES


def test_an_explicit_tape_inside_a_patched_block_reaches_the_network(cassette, serve, script, tmp_path):
    server = serve(script([b"live"]))
    with (
        use_cassette(cassette[0], record_mode="none") as outer,
        open_tape(tmp_path / "i.json", mode="record") as tape,
        httpx.Client(transport=tape.transport()) as client,
    ):
        assert read(client, server.url) == [b"live"]
    assert outer.play_count == 0


def test_provenance_survives_loading_and_saving_by_vcrpy(tmp_path):
    path = tmp_path / "c.json"
    inner = httpx.MockTransport(lambda request: httpx.Response(200, content=b"x"))
    given = Provenance(source="virtual", recorded_at="2026-01-01", tool="t", base_url="b", provider="p", dialect="d")
    with open_tape(path, mode="record", inner=inner, provenance=given) as tape:
        httpx.Client(transport=tape.transport()).post("https://h/v1", json={"b": 1, "a": [1.0, "é\u2028"]})
    before = path.read_text()
    vcr = register(VCR())
    with vcr.use_cassette(str(path), **vcr_options(), record_mode="new_episodes") as loaded:
        loaded.dirty = True
    assert path.read_text() == before
    assert read_cassette(path).provenance == given


def test_a_refused_save_takes_the_patches_out(serve, script, tmp_path):
    server, path = (
        serve(script([b"\x1f\x8bnot really gzip"], headers=(("content-encoding", "br2"),))),
        tmp_path / "c.json",
    )
    real = httpx.HTTPTransport.handle_request

    def block():
        with use_cassette(path, record_mode="all"), httpx.Client() as client:
            read(client, server.url)

    with pytest.raises(SecretLeak, match="cannot be looked into"):
        block()
    assert httpx.HTTPTransport.handle_request is real
    assert not path.exists()


def test_a_yaml_user_of_the_vault_is_scrubbed_too(tmp_path):
    vcr = register(VCR())
    path = tmp_path / "c.yaml"
    with vcr.use_cassette(str(path), record_mode="all", serializer="yaml") as cassette:
        answer = {"status": {"code": 200, "message": "OK"}, "headers": {"set-cookie": ["a"]}, "body": {"string": b"hi"}}
        cassette.append(
            vcr_request(Request("GET", "https://h/?key=abc", (("authorization", "Bearer abcdefghij"),))), answer
        )
    text = path.read_text()
    assert "abcdefghij" not in text
    assert "key=<redacted>" in text
    assert "hi" in text
    assert "set-cookie" not in text


def test_playback_loads_no_vcrpy(tmp_path):
    """The import of vcrpy costs more than a hundred replays."""
    path = tmp_path / "c.json"
    answer = {"status": {"code": 200}, "headers": {}, "body": {"chunks": ["x"]}}
    one = {"request": {"method": "GET", "uri": "https://h/"}, "response": answer}
    path.write_text(
        json.dumps({"format": "conformance-cassette", "version": 1, "provenance": {}, "interactions": [one]})
    )
    program = f"""
import sys, httpx
from conformance.tape import open_tape, read_traffic
with open_tape({str(path)!r}) as tape:
    assert httpx.Client(transport=tape.transport()).get("https://h/").text == "x"
assert len(list(read_traffic({str(path)!r}))) == 1
print([name for name in ("vcr", "yaml") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
