"""Recorded traffic of every form that we know becomes exchanges; garbage is one error that names file and line."""

from __future__ import annotations

import base64
import gzip
import json

import pytest

from conformance.errors import InputError
from conformance.tape import read_traffic, traffic_files

URL = "https://api.openai.com/v1/chat/completions"
ASKED = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "stream": True}
TOLD = 'data: {"é":1}\n\ndata: [DONE]\n\n'


def line(**changes):
    one = {
        "id": "abc",
        "provider": "openai",
        "dialect": "openai-chat",
        "method": "POST",
        "url": URL,
        "request_headers": {"accept": "*/*"},
        "request_json": ASKED,
        "status": 200,
        "response_headers": {"content-type": "text/event-stream", "content-encoding": "gzip", "x": ["1", "2"]},
        "response_body_b64": base64.b64encode(TOLD.encode()).decode(),
        "chunk_boundaries": None,
        "fidelity": "exact",
    }
    return json.dumps({**one, **changes})


def vcrpy(body, headers=None, **request):
    sent = {"method": "POST", "uri": URL, "body": json.dumps(ASKED), "headers": {"Accept": ["*/*"]}, **request}
    answer = {"status": {"code": 200, "message": "OK"}, "headers": headers or {}, "body": body}
    return {"version": 1, "interactions": [{"request": sent, "response": answer}]}


def write(path, data):
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


# ------------------------------------------------------------------ JSON lines


@pytest.mark.parametrize("zipped", [False, True])
def test_json_lines(tmp_path, zipped):
    data = (line() + "\n\n" + line(id="", dialect="other", chunk_boundaries=[10, len(TOLD.encode()) - 10])).encode()
    path = write(tmp_path / "any.name", gzip.compress(data) if zipped else data)
    first, second = read_traffic(path)
    assert (first.id, first.provider, first.dialect, first.fidelity) == ("abc", "openai", "openai-chat", "exact")
    assert first.request.json() == ASKED
    assert first.response.body == TOLD.encode()
    assert first.response.headers == (("content-type", "text/event-stream"), ("x", "1"), ("x", "2"))
    assert first.origin == f"{path}:1"
    assert second.id == f"{path}:3"
    assert second.dialect == "openai-chat"  # told from the request
    assert [len(chunk.data) for chunk in second.response.chunks] == [10, len(TOLD.encode()) - 10]


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("exact", "exact"),
        ("json-reserialized", "reserialized"),
        ("normalized", "reserialized"),
        ("sdk-object", "body_only"),
        ("body-only", "body_only"),
    ],
)
def test_fidelity(tmp_path, word, wanted):
    (one,) = read_traffic(write(tmp_path / "x.jsonl", line(fidelity=word)))
    assert one.fidelity == wanted


def test_a_dialect_that_is_not_ours_keeps_its_name_and_a_given_one_wins(tmp_path):
    path = write(tmp_path / "x.jsonl", line(dialect="bedrock-converse"))
    assert next(read_traffic(path)).dialect == "bedrock-converse"
    assert next(read_traffic(path, "anthropic-messages")).dialect == "anthropic-messages"


@pytest.mark.parametrize("lengths", [[1, 2], [-1, 29], [999]])
def test_boundaries_that_do_not_add_up_are_not_believed(tmp_path, lengths):
    (one,) = read_traffic(write(tmp_path / "x.jsonl", line(chunk_boundaries=lengths)))
    assert [chunk.data for chunk in one.response.chunks] == [TOLD.encode()]


@pytest.mark.parametrize(
    "bad",
    [
        "garbage",
        '{"url": 1}',
        line(response_body_b64="!"),
        line(fidelity="hearsay"),
        line(status="ok"),
        line()[:99],
        "[]",
        '"\xff"',
    ],
)
def test_a_garbage_line_is_named_and_those_before_it_are_read(tmp_path, bad):
    path = write(tmp_path / "x.jsonl", f"{line()}\n{line()}\n{bad}\n{line()}\n".encode("latin-1"))
    found = read_traffic(path)
    assert [next(found).id, next(found).id] == ["abc", "abc"]
    with pytest.raises(InputError) as caught:
        next(found)
    assert f"{path}:3" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_gzip_that_breaks_off_is_an_error(tmp_path):
    import random

    noise = base64.b64encode(random.Random(1).randbytes(400_000)).decode()
    data = gzip.compress((line(response_body_b64=noise) + "\n" + line(response_body_b64=noise)).encode())
    path = write(tmp_path / "x.jsonl.gz", data[: len(data) * 3 // 4])
    with pytest.raises(InputError, match="breaks off after line"):
        list(read_traffic(path))


def test_lines_are_read_one_at_a_time(tmp_path):
    """A second, broken line does not hinder the first."""
    path = write(tmp_path / "x.jsonl", line() + "\n" + "garbage" * 100_000)
    assert next(read_traffic(path)).id == "abc"


# ------------------------------------------------------------------ vcrpy

ZIPPED = gzip.compress(TOLD.encode())
BODIES = {
    "string": {"string": TOLD},
    "old base64": {"base64_string": base64.b64encode(TOLD.encode()).decode()},
    "base64 in a dict": {"string": {"base64_string": base64.b64encode(TOLD.encode()).decode()}},
}


@pytest.mark.parametrize("shape", BODIES)
def test_vcrpy_json(tmp_path, shape):
    (one,) = read_traffic(write(tmp_path / "c.json", json.dumps(vcrpy(BODIES[shape], {"Content-Type": ["a/b"]}))))
    assert one.response.body == TOLD.encode()
    assert one.response.header("content-type") == "a/b"
    assert one.request.json() == ASKED
    assert (one.dialect, one.id, one.source) == ("openai-chat", "c#0", "unknown")


def test_vcrpy_yaml_with_binary_gzip(tmp_path):
    yaml = pytest.importorskip("yaml")
    value = vcrpy({"string": ZIPPED}, {"content-encoding": ["gzip"], "content-length": ["9"]})
    for name, text in (("a.yaml", yaml.dump(value)), ("b.yml", "# by a tool\n---\n" + yaml.dump(value))):
        (one,) = read_traffic(write(tmp_path / name, text))
        assert one.response.body == TOLD.encode()
        assert one.response.headers == ()


def test_what_vcrpy_itself_writes_is_read(tmp_path):
    from vcr.request import Request
    from vcr.serialize import serialize
    from vcr.serializers import jsonserializer, yamlserializer

    for serializer, name in ((yamlserializer, "c.yaml"), (jsonserializer, "c.json")):
        sent = Request("POST", URL, json.dumps(ASKED), {"Accept": "*/*"})
        answer = {"status": {"code": 429, "message": "no"}, "headers": {"a": ["1", "2"]}, "body": {"string": b"{}"}}
        text = serialize({"requests": [sent], "responses": [answer]}, serializer)
        (one,) = read_traffic(write(tmp_path / name, text))
        assert (one.response.status, one.response.body) == (429, b"{}")
        assert one.response.headers == (("a", "1"), ("a", "2"))
        assert one.request.json() == ASKED


def test_the_httpx_shape_of_older_vcrpy(tmp_path):
    value = vcrpy(None)
    value["interactions"][0]["response"] = {"status_code": 201, "headers": {"a": "1"}, "content": "hello"}
    (one,) = read_traffic(write(tmp_path / "c.json", json.dumps(value)))
    assert (one.response.status, one.response.body, one.response.headers) == (201, b"hello", (("a", "1"),))


def test_the_shapes_of_relatives_in_other_languages(tmp_path):
    yaml = pytest.importorskip("yaml")
    sent = {"method": "post", "headers": {"Accept": ["*/*"]}}
    go = {**sent, "url": URL, "body": json.dumps(ASKED)}, {"body": TOLD, "status": "201 Created", "code": 201}
    coded = {"encoding": "ASCII-8BIT", "base64_string": base64.b64encode(TOLD.encode()).decode()}
    asked = {"encoding": "UTF-8", "string": json.dumps(ASKED)}
    ruby = {**sent, "uri": URL, "body": asked}, {"body": coded, "status": {"code": 201, "message": "Created"}}
    for name, key, (request, response) in (("go.yaml", "interactions", go), ("ruby.yml", "http_interactions", ruby)):
        text = yaml.dump({key: [{"request": request, "response": response}], "recorded_with": "x"}, sort_keys=False)
        (one,) = read_traffic(write(tmp_path / name, text))
        assert (one.request.method, one.request.json(), one.dialect) == ("POST", ASKED, "openai-chat")
        assert (one.response.status, one.response.body) == (201, TOLD.encode())


def test_bodies_kept_as_trees(tmp_path):
    value = vcrpy(None)
    one = value["interactions"][0]
    one["request"]["parsed_body"] = ASKED
    one["response"]["parsed_body"] = {"a": 1.0}
    (found,) = read_traffic(write(tmp_path / "c.json", json.dumps(value)))
    assert found.request.json() == ASKED
    assert found.response.body == b'{"a":1.0}'


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("c.yaml", "interactions: [}", "not readable YAML"),
        ("c.yaml", "interactions: 5\n", "no list of interactions"),
        ("c.yaml", "interactions:\n- request: !!python/object:os.system {}\n", "not readable YAML"),
        ("c.json", json.dumps({"version": 1, "interactions": [{"request": {}}]}), "interaction 0 is no recorded"),
        ("c.json", json.dumps({"version": 1, "interactions": ["x"]}), "interaction 0 is no recorded"),
        ("c.json", json.dumps({"interactions": [{"response": {"body": {"chunks": []}}}]}), 'no key "format"'),
        ("c.txt", "hello\n", "no traffic that can be read"),
        ("c.bin", b"\x1f\x8bnothing", "cannot be unzipped"),
        ("c.json", "", "is empty"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path, name, text, wanted):
    path = write(tmp_path / name, text)
    with pytest.raises(InputError, match=wanted) as caught:
        list(read_traffic(path))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_file_and_a_folder(tmp_path):
    with pytest.raises(InputError, match="there is no file"):
        list(read_traffic(tmp_path / "gone"))
    with pytest.raises(InputError, match="is a directory"):
        list(read_traffic(tmp_path))


def test_files_below_a_folder_come_in_order(tmp_path):
    (tmp_path / "a").mkdir()
    for name in ("b.json", "a/z.yaml", "a/c.jsonl.gz", "notes.md", "a/x.py"):
        write(tmp_path / name, "x")
    named = [path.relative_to(tmp_path).as_posix() for path in traffic_files([tmp_path, tmp_path / "notes.md"])]
    assert named == ["a/c.jsonl.gz", "a/z.yaml", "b.json", "notes.md"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no file of traffic"):
        list(traffic_files([tmp_path / "empty"]))
