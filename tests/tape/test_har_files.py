"""HAR of any recorder becomes exchanges; what the recorder did not keep is said, not judged."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from conformance.decoding import decode
from conformance.errors import InputError
from conformance.exchange import Broken
from conformance.judging import judge
from conformance.model import Done, Error
from conformance.tape import read_traffic
from conformance.virtual.mind import GREETING

RECORDED = Path(__file__).with_name("recorded") / "mitmproxy.har"
URL = "https://api.openai.com/v1/chat/completions"
ASKED = {"model": "m", "messages": [{"role": "user", "content": "hé"}], "stream": True}
TOLD = 'data: {"é":1}\r\n\r\ndata: [DONE]\r\n\r\n'


def entry(content: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """One entry as a browser writes it, but for the changes of its response."""
    posted = changes.pop("postData", {"mimeType": "application/json", "text": json.dumps(ASKED, ensure_ascii=False)})
    headers = [{"name": ":authority", "value": "api.openai.com"}, {"name": "Accept", "value": "*/*"}]
    lines = [("Content-Type", "text/event-stream"), ("Content-Encoding", "gzip"), ("Content-Length", "9")]
    return {
        "startedDateTime": "2026-11-21T10:00:00.000Z",
        "time": 12.5,
        "request": {"method": "POST", "url": URL, "httpVersion": "h2", "headers": headers, "postData": posted},
        "response": {
            "status": 200,
            "statusText": "",
            "headers": [{"name": name, "value": value} for name, value in lines],
            "content": {"size": 99, "mimeType": "text/event-stream", "text": TOLD} if content is None else content,
            **changes,
        },
        "timings": {"send": 0, "wait": 1, "receive": 1},
    }


def har(tmp_path, *entries, name="page.har", pack=lambda data: data):  # type: ignore[no-untyped-def]
    text = json.dumps(
        {"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": entries}}, indent=1
    )
    path = tmp_path / name
    path.write_bytes(pack(text.encode()))
    return path


@pytest.mark.parametrize(("name", "pack"), [("page.har", bytes), ("x.har.gz", gzip.compress), ("noname", bytes)])
def test_a_text_stands_for_a_body_whose_framing_is_the_recorders(tmp_path, name, pack):  # type: ignore[no-untyped-def]
    path = har(tmp_path, entry(), name=name, pack=pack)
    (one,) = read_traffic(path)
    assert (one.dialect, one.fidelity, one.origin, one.lacks) == ("openai-chat", "reserialized", f"{path}#0", "")
    assert one.request.headers == (("Accept", "*/*"),)
    assert one.request.json() == ASKED
    assert one.response.headers == (("Content-Type", "text/event-stream"),)
    assert one.response.body == TOLD.encode()


def test_what_mitmproxy_recorded_of_the_virtual_provider_is_read():  # type: ignore[no-untyped-def]
    """The file is a HAR dump of mitmproxy 11 in front of `conformance serve`, kept as it was written."""
    assert json.loads(RECORDED.read_text(encoding="utf-8"))["log"]["creator"]["name"] == "mitmproxy"
    *calls, health = read_traffic(RECORDED)
    assert [(one.dialect, one.request.method, one.response.status) for one in calls] == [
        ("openai-chat", "POST", 200),
        ("openai-chat", "POST", 200),
        ("openai-chat", "POST", 401),
        ("anthropic-messages", "POST", 200),
        ("bedrock-converse", "POST", 200),
        ("gemini", "POST", 200),
        ("ollama", "POST", 200),
    ]
    assert calls[3].request.json()["messages"][0]["content"] == "Grüß Gott, 日本"
    assert [one.fidelity for one in calls].index("exact") == 4, "its binary frames stand there byte for byte"
    told = [decode(one)[-1] for one in calls]
    assert isinstance(told.pop(2), Error)
    assert {one.reply.text for one in told if isinstance(one, Done)} == {GREETING}
    assert len([one for one in told if isinstance(one, Done)]) == 6
    assert [found for one in calls for found in judge(one).findings if found.level == "MUST"] == []
    assert (health.dialect, health.response.json()) == (None, {"status": "ok"})


@pytest.mark.parametrize(
    ("text", "kind", "size", "body"),
    [
        ("data: {}\xff", "application/vnd.amazon.eventstream", 9, b"data: {}\xff"),
        ("data: \xc3\xa9", "text/event-stream", 8, "data: é".encode()),
        ("data: é", "text/event-stream", 8, "data: é".encode()),
        ("data: é", "text/event-stream", 7, "data: é".encode()),  # a size in characters
        ("data: 日", "application/vnd.amazon.eventstream", 7, "data: 日".encode()),
    ],
)
def test_bytes_that_were_taken_for_characters_are_bytes_again(tmp_path, text, kind, size, body):  # type: ignore[no-untyped-def]
    (one,) = read_traffic(har(tmp_path, entry({"size": size, "mimeType": kind, "text": text})))
    assert one.response.body == body


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_base64_is_the_bytes_themselves_plain_or_as_they_travelled(tmp_path, pack):  # type: ignore[no-untyped-def]
    body = b"data: {}\n\n\xff"
    content = {"size": 9, "text": base64.b64encode(pack(body)).decode(), "encoding": "base64"}
    (one,) = read_traffic(har(tmp_path, entry(content)))
    assert (one.fidelity, one.response.body) == ("exact", body)


def test_a_body_in_a_file_beside_it_is_read_and_no_other_file(tmp_path):  # type: ignore[no-untyped-def]
    (tmp_path / "a.txt").write_text(TOLD)
    for name, body in (("a.txt", (tmp_path / "a.txt").read_bytes()), ("../a.txt", b""), ("gone.txt", b"")):
        (one,) = read_traffic(har(tmp_path, entry({"size": 3, "_file": name})))
        assert one.response.body == body
        assert bool(one.lacks) == (not body)


@pytest.mark.parametrize(
    ("content", "changes", "word"),
    [
        ({"size": 0}, {"status": 0, "_error": "net::ERR_CONNECTION_REFUSED"}, "ERR_CONNECTION_REFUSED"),
        ({"size": 120}, {}, "did not keep the body"),
        ({"size": 120, "text": ""}, {}, "did not keep the body"),
        ({}, {}, "did not keep the body"),
        ({"size": 0}, {"status": 500}, ""),
    ],
)
def test_what_was_not_kept_is_said(tmp_path, content, changes, word):  # type: ignore[no-untyped-def]
    (one,) = read_traffic(har(tmp_path, entry(content, **changes)))
    assert word in one.lacks
    assert bool(word) == bool(one.lacks)


def test_how_a_body_ended(tmp_path):  # type: ignore[no-untyped-def]
    told = ["net::ERR_ABORTED", "net::ERR_INCOMPLETE_CHUNKED_ENCODING"]
    left, broken, whole = read_traffic(har(tmp_path, *(entry(_error=one) for one in told), entry()))
    assert left.response.end == "closed"
    assert broken.response.end == Broken("ReadError", told[1])
    assert whole.response.end == "eof"


def test_requests_of_other_shapes(tmp_path):  # type: ignore[no-untyped-def]
    coded = {"text": base64.b64encode(b"{}").decode(), "encoding": "base64"}
    form = {"params": [{"name": "a", "value": "b c"}]}
    found = read_traffic(har(tmp_path, *(entry(postData=one) for one in (coded, form, None, {"text": "\ud800"}))))
    assert [one.request.body for one in found] == [b"{}", b"a=b+c", b"", "\ufffd".encode()]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ('{"log": {"entries": [', "is not JSON"),
        ('{"log": {"version": "1.2"}}', "no list of entries"),
        ('{"log": {"entries": [{"request": {}, "response": {}}]}}', "entry 0 is no recorded exchange"),
        ('{"log": {"entries": ["x"]}}', "entry 0 is no recorded exchange"),
    ],
)
def test_a_spoilt_file_is_one_error_that_names_the_place(tmp_path, data, word):  # type: ignore[no-untyped-def]
    path = tmp_path / "page.har"
    path.write_text(data)
    with pytest.raises(InputError, match=word) as caught:
        list(read_traffic(path))
    assert str(path) in str(caught.value)
