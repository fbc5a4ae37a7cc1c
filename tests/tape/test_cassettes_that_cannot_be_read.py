"""A bad cassette is one clear error that names the file, the fault and the next step."""

from __future__ import annotations

import json

import pytest

from conformance.errors import InputError
from conformance.tape import open_tape, read_cassette, read_traffic

GOOD = {
    "format": "conformance-cassette",
    "version": 1,
    "provenance": {"source": "virtual"},
    "interactions": [
        {
            "request": {"method": "POST", "uri": "http://h/", "headers": {}},
            "response": {
                "status": {"code": 200, "message": "OK"},
                "headers": {},
                "body": {"chunks": ["a", "b"], "end": "eof", "gaps_ms": [0, 1]},
            },
        }
    ],
}


def spoilt(change):
    value = json.loads(json.dumps(GOOD))
    change(value)
    return json.dumps(value)


def body(value):
    return value["interactions"][0]["response"]["body"]


BAD = {
    "empty": ("", "is empty"),
    "blank": (" \n", "is empty"),
    "not JSON": ("hello", "not JSON"),
    "truncated": (json.dumps(GOOD)[:200], "not JSON"),
    "a list": ("[]", "no cassette"),
    "another document": ('{"a": 1}', "no cassette"),
    "newer version": (spoilt(lambda v: v.update(version=2)), "version 2; this program reads"),
    "other format": (spoilt(lambda v: v.update(format="har")), "'har'"),
    "other old version": ('{"version": "2.0", "interactions": []}', "version '2.0'"),
    "no status": (spoilt(lambda v: v["interactions"][0]["response"].pop("status")), r"\$\.interactions\[0\]\.response"),
    "chunk is a number": (spoilt(lambda v: body(v).update(chunks=[1, 2])), r"chunks\[0\]|chunks\[\.\.\.\]"),
    "too few gaps": (spoilt(lambda v: body(v).update(gaps_ms=[1])), "2 chunks and 1 gaps_ms"),
    "odd end": (spoilt(lambda v: body(v).update(end="open")), "ends with 'open'"),
    "bad base64": (spoilt(lambda v: body(v).update(chunks=[{"base64": "!"}, "a"])), "bad base64"),
    "bad source": (spoilt(lambda v: v["provenance"].update(source="dream")), r"provenance\.source"),
}


@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("reader", [read_cassette, lambda path: open_tape(path).__enter__()], ids=["read", "open"])
def test_a_bad_cassette_is_an_input_error(case, reader, tmp_path):
    text, wanted = BAD[case]
    path = tmp_path / "verify_x_y.json"
    path.write_text(text)
    with pytest.raises(InputError, match=wanted) as caught:
        reader(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("case", BAD)
def test_traffic_refuses_the_same_files(case, tmp_path):
    path = tmp_path / "x.json"
    path.write_text(BAD[case][0])
    with pytest.raises(InputError) as caught:
        list(read_traffic(path))
    assert str(path) in str(caught.value)


def test_a_vcrpy_cassette_is_named_as_such(tmp_path):
    path = tmp_path / "v.json"
    path.write_text('{"version": 1, "interactions": []}')
    with pytest.raises(InputError, match="of another tool") as caught:
        read_cassette(path)
    assert "conformance lint" in caught.value.hint


def test_bytes_that_are_no_text_are_no_cassette(tmp_path):
    path = tmp_path / "v.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not JSON"):
        read_cassette(path)


@pytest.mark.parametrize("mode", ["playback", "record", "auto"])
def test_a_directory_is_no_cassette(tmp_path, mode):
    with pytest.raises(InputError, match="is a directory"), open_tape(tmp_path, mode=mode):
        pass


def test_a_missing_cassette_says_how_to_get_it(tmp_path):
    with pytest.raises(InputError, match=r"there is no cassette .*gone\.json") as caught:
        read_cassette(tmp_path / "gone.json")
    assert "VCR_MODE=record" in caught.value.hint


def test_a_corrupt_old_file_does_not_hinder_a_new_recording(tmp_path):
    import httpx

    path = tmp_path / "c.json"
    path.write_text("{corrupt")
    inner = httpx.MockTransport(lambda request: httpx.Response(200, json={}))
    with open_tape(path, mode="record", inner=inner) as tape, httpx.Client(transport=tape.transport()) as client:
        client.get("http://h/")
    assert len(read_cassette(path).exchanges) == 1


def test_form_1_0_is_read(tmp_path):
    request = {"method": "post", "url": "https://h/v1/messages", "headers": [["X-Api-Key", "[REDACTED]"]]}
    chunks = {"body_chunks": ["data: é\n\n"]}
    coded = {"body_chunks": [], "body_chunks_base64": ["/w==", "YQ=="]}
    answers = [{"status": 200, "headers": [["Content-Type", "text/event-stream"]], **one} for one in (chunks, coded)]
    old = {
        "version": "1.0",
        "test_name": "verify_x",
        "recorded_at": "2026-02-03T00:00:00.000Z",
        "interactions": [
            {"request": {**request, "body": {"model": "m"}}, "response": answers[0]},
            {"request": {**request, "body_text": "plain"}, "response": answers[1]},
        ],
    }
    path = tmp_path / "old.json"
    path.write_text(json.dumps(old))
    found = read_cassette(path)
    first, second = found.exchanges
    assert found.provenance.recorded_at == "2026-02-03T00:00:00.000Z"
    assert (first.request.method, first.request.json()) == ("POST", {"model": "m"})
    assert first.request.header("x-api-key") == "[REDACTED]"
    assert first.response.body == "data: é\n\n".encode()
    assert second.request.body == b"plain"
    assert [chunk.data for chunk in second.response.chunks] == [b"\xff", b"a"]
    assert list(read_traffic(path)) == [first, second]
