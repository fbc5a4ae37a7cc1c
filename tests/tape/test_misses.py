"""A miss says what was asked, what comes nearest, where the two differ, and what to do."""

from __future__ import annotations

import json

import httpx
import pytest

from conformance.errors import ConformanceError
from conformance.exchange import Request
from conformance.tape import CassetteMiss, UnusedRecording, open_tape
from conformance.tape.matching import canonical, differences, matches, normal_url

URL = "https://api.example.com/v1/chat/completions"
BODIES = [
    {"model": "m", "messages": [{"role": "user", "content": "one"}], "stream": True},
    {"model": "m", "messages": [{"role": "user", "content": "two"}], "temperature": 1},
]


@pytest.fixture
def cassette(tmp_path):
    """Two interactions, the first answered "0", the second "1"."""
    interactions = [
        {
            "request": {"method": "POST", "uri": URL, "headers": {}, "json": body},
            "response": {"status": {"code": 200}, "headers": {}, "body": {"chunks": [str(number)]}},
        }
        for number, body in enumerate(BODIES)
    ]
    provenance = {"provider": "acme", "scenario": "simple_text"}
    whole = {"format": "conformance-cassette", "version": 1, "provenance": provenance, "interactions": interactions}
    path = tmp_path / "verify_acme_simple_text.json"
    path.write_text(json.dumps(whole))
    return path


def miss_of(cassette, body, url=URL, method="POST", before=()):
    with open_tape(cassette) as tape, httpx.Client(transport=tape.transport()) as client:
        for one in before:
            client.post(URL, json=one)
        with pytest.raises(CassetteMiss) as caught:
            client.request(method, url, json=body)
    assert tape.misses == [caught.value]
    return caught.value


def test_the_nearest_interaction_is_the_one_with_the_fewest_differences(cassette, monkeypatch):
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    miss = miss_of(cassette, {**BODIES[1], "temperature": 1.0})
    assert miss.nearest.number == 1
    assert [one.path for one in miss.nearest.differences] == ["$.temperature"]
    assert str(miss).splitlines() == [
        f"POST {URL} is not in the cassette {cassette} (2 interactions, 0 played)",
        f"  nearest: interaction 1, POST {URL}",
        "    $.temperature",
        "      - 1  (recorded)",
        "      + 1.0  (sent)",
        "  the client sends something else than when this was recorded: its fault, unless the change was meant",
        "  to record again: conformance record acme --scenario simple_text",
    ]


def test_the_command_names_the_test_that_runs(cassette):
    command = miss_of(cassette, {}).command
    assert command.startswith('VCR_MODE=record pytest "')
    assert command.endswith('test_the_command_names_the_test_that_runs"')


def test_a_request_sent_once_more_than_recorded_is_told_from_a_changed_one(cassette):
    miss = miss_of(cassette, BODIES[0], before=[BODIES[0]])
    assert miss.reason == "already_played"
    assert "equals interaction 0, which was played already" in str(miss)
    assert "retry" in str(miss)


def test_method_and_url_are_differences_too(cassette):
    miss = miss_of(cassette, BODIES[0], url=URL + "/x", method="PUT")
    assert [(one.path, one.recorded, one.sent) for one in miss.nearest.differences] == [
        ("method", "POST", "PUT"),
        ("url", URL, URL + "/x"),
    ]


def test_a_miss_is_ours_and_vcrpys_and_shows_no_key(cassette):
    from vcr.errors import CannotOverwriteExistingCassetteException

    with (
        open_tape(cassette) as tape,
        httpx.Client(transport=tape.transport()) as client,
        pytest.raises(CannotOverwriteExistingCassetteException) as caught,
    ):
        client.post(f"{URL}?key=very-secret-1", json={"note": "very-secret-1"})
    assert isinstance(caught.value, ConformanceError)
    assert "very-secret-1" not in str(caught.value)


def test_many_differences_are_cut_short(cassette):
    text = str(miss_of(cassette, {f"k{number}": number for number in range(30)}))
    assert "… and " in text
    assert text.count("(sent)") == 12


def test_an_empty_cassette_says_so(cassette):
    value = json.loads(cassette.read_text())
    cassette.write_text(json.dumps({**value, "interactions": []}))
    miss = miss_of(cassette, BODIES[0])
    assert miss.reason == "cassette_not_found"
    assert "holds no interaction" in str(miss)


def play(cassette, *bodies):
    with open_tape(cassette) as tape, httpx.Client(transport=tape.transport()) as client:
        for body in bodies:
            try:
                client.post(URL, json=body)
            except CassetteMiss:  # as a client does that retries and gives up
                continue
    return tape


def test_strict_fails_on_what_nobody_used(cassette, monkeypatch):
    assert [one.id for one in play(cassette, BODIES[1]).unused] == ["verify_acme_simple_text#0"]
    monkeypatch.setenv("VCR_STRICT", "1")
    with pytest.raises(UnusedRecording, match="1 recorded interactions were not used: POST"):
        play(cassette, BODIES[1])
    play(cassette, *BODIES)


def test_strict_fails_on_a_miss_that_was_swallowed(cassette, monkeypatch):
    assert len(play(cassette, {}).misses) == 1
    monkeypatch.setenv("VCR_STRICT", "1")
    with pytest.raises(CassetteMiss):
        play(cassette, {}, *BODIES)


# ------------------------------------------------------------------ matching


def request(body, url=URL):
    return Request("POST", url, (), body if isinstance(body, bytes) else json.dumps(body).encode())


@pytest.mark.parametrize(
    ("sent", "recorded"),
    [(True, 1), (1, 1.0), (0, False), (None, 0), ("1", 1), ([], {}), ([1], [1, 1]), ({"a": None}, {}), (b"a", b"b")],
)
def test_unlike_bodies_do_not_match(sent, recorded):
    wrapped = [one if isinstance(one, bytes) else {"x": one} for one in (sent, recorded)]
    assert not matches(request(wrapped[0]), request(wrapped[1]))
    assert list(differences(request(wrapped[0]), request(wrapped[1])))


@pytest.mark.parametrize(
    ("sent", "recorded"),
    [(b'{"a":1,"b":[2]}', b'{ "b": [2], "a": 1 }'), (b'"\\u00e9"', '"é"'.encode()), (b"", b""), (b"\xff", b"\xff")],
)
def test_like_bodies_match(sent, recorded):
    assert matches(request(sent), request(recorded))
    assert not list(differences(request(sent), request(recorded)))


def test_an_empty_path_is_a_slash():
    assert normal_url("https://h") == normal_url("https://h/")
    assert normal_url("https://h?a=1") == "https://h/?a=1"
    assert normal_url("https://h/v1?u=http://x") == "https://h/v1?u=http://x"


def test_paths_quote_odd_keys():
    (found,) = differences(request({"a b": [{"x": 1}]}), request({"a b": [{"x": 2}]}))
    assert found.path == '$["a b"][0].x'
    assert canonical({"b": 1, "a": 1.0}) == '{"a":1.0,"b":1}'


@pytest.mark.parametrize(
    ("hole", "value", "fits"),
    [
        ("{{any}}", [1], True),
        ("{{string}}", "x", True),
        ("{{string}}", 1, False),
        ("{{number}}", 1.5, True),
        ("{{number}}", True, False),
        ("{{boolean}}", True, True),
        ("{{object}}", {}, True),
        ("{{array}}", {}, False),
        ("Today is {{string}}.", "Today is Monday.", True),
        ("Today is {{string}}.", "Today was Monday.", False),
        ("plain", "other", False),
    ],
)
def test_a_template_leaves_holes(hole, value, fits):
    assert matches(request({"x": value}), request({"x": hole}), "template") is fits
    assert not matches(request({"x": value}), request({"x": hole}))


def test_a_tape_can_be_matched_by_template(cassette):
    text = cassette.read_text().replace('"one"', '"{{string}}"')
    cassette.write_text(text)
    asked = {**BODIES[0], "messages": [{"role": "user", "content": "whatever"}]}
    with open_tape(cassette, match="template") as tape, httpx.Client(transport=tape.transport()) as client:
        assert client.post(URL, json=asked).text == "0"
