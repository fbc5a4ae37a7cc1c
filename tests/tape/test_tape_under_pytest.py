"""The tape under pytest, in a project of its own."""

from __future__ import annotations

import pytest

# What the inner runs use, loaded before: they put sys.modules back as it was, and a second copy would be another class.
from conformance.tape import pytest_support, read_cassette, wiring  # noqa: F401

pytest_plugins = "pytester"

CONFTEST = """
import pytest

@pytest.fixture(scope="module")
def vcr_cassette_dir(request):
    return str(request.config.rootpath / "tapes")
"""
READ = """
import os, httpx, pytest

URL = os.environ["TEST_URL"]

def read(body):
    with httpx.stream("POST", URL, json=body, headers={"authorization": "Bearer key-of-mine-01"}) as answer:
        return list(answer.iter_raw())
"""


@pytest.fixture
def project(pytester, monkeypatch):
    """Write and run a test file; gives (exit code, output)."""
    pytester.makeini("[pytest]\nconformance_tape = true\n")
    pytester.makeconftest(CONFTEST)
    for name in ("VCR_MODE", "VCR_STRICT", "CI"):
        monkeypatch.delenv(name, raising=False)

    def run(text, url, *arguments, **environment):
        pytester.makepyfile(test_it=READ + text)
        with monkeypatch.context() as patch:
            for name, value in {"TEST_URL": url, **environment}.items():
                patch.setenv(name, value)
            done = pytester.runpytest_inprocess("-q", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments)
        return done.ret, done.stdout.str() + done.stderr.str()

    return run


TWO = """
@pytest.mark.vcr
@pytest.mark.default_cassette("verify_acme_two")
def test_two():
    assert read({"n": 1}) == [b"data: 1\\n\\n", b"data: \\xff\\n\\n"]
    assert read({"n": 2}) == [b"data: 2\\n\\n"]
"""


def test_record_then_play_then_be_strict(project, serve, script, pytester):
    server = serve(script([b"data: 1\n\n", b"data: \xff\n\n"]), script([b"data: 2\n\n"]))
    assert project(TWO, server.url, VCR_MODE="record")[0] == 0
    path = pytester.path / "tapes" / "verify_acme_two.json"
    text = path.read_text()
    assert "key-of-mine-01" not in text
    assert read_cassette(path).provenance.provider == "acme"
    server.close()
    code, output = project(TWO, server.url, "--block-network")
    assert code == 0, output
    half = TWO[: TWO.rindex("    assert")]
    assert project(half, server.url)[0] == 0
    code, output = project(half, server.url, VCR_STRICT="1")
    assert code == 1
    assert "1 of 2 interactions were not used: POST" in output
    assert path.read_text() == text


def test_a_failed_test_does_not_overwrite(project, serve, script, pytester):
    server = serve(script([b"new"]))
    path = pytester.path / "tapes" / "kept.json"
    path.parent.mkdir()
    old = '{"format":"conformance-cassette","version":1,"provenance":{},"interactions":[]}'
    path.write_text(old)
    failing = """
@pytest.mark.vcr
@pytest.mark.default_cassette("kept")
def test_fails():
    assert read({}) == [b"something else"]
"""
    code, output = project(failing, server.url, VCR_MODE="record")
    assert code == 1, output
    assert len(server.requests) == 1
    assert path.read_text() == old


def test_a_swallowed_miss_fails_the_test(project):
    swallowing = """
@pytest.mark.vcr
def test_swallows():
    try:
        read({"n": 1})
    except Exception:
        pass
"""
    code, output = project(swallowing, "http://api.invalid/v1")
    assert code == 1
    assert "holds no interaction" in output
    assert "VCR_MODE=record pytest" in output


def test_a_refused_recording_fails_the_test_and_the_next_one_is_clean(project, serve, script, pytester):
    server = serve(script([b"?"], headers=(("content-encoding", "compress"),)), script([b"fine"]))
    two = """
@pytest.mark.vcr
def test_leaks():
    read({})

@pytest.mark.vcr
def test_next():
    assert read({}) == [b"fine"]
"""
    code, output = project(two, server.url, VCR_MODE="record")
    assert code == 1
    assert "SecretLeak" in output
    assert "2 passed, 1 error" in output
    assert [path.name for path in (pytester.path / "tapes").iterdir()] == ["test_next.json"]


def test_playback_lets_nobody_reach_another_machine(project):
    reaching = """
@pytest.mark.vcr
def test_reaches():
    import socket
    try:
        socket.create_connection(("api.invalid", 443), timeout=0.2)
    except Exception:
        pass
"""
    code, output = project(reaching, "http://api.invalid/v1")
    assert code == 1
    assert "NetworkInPlayback" in output


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [({"VCR_MODE": "replay"}, "VCR_MODE is 'replay'"), ({"VCR_MODE": "record", "CI": "1"}, "CI never records")],
)
def test_a_mode_that_cannot_be_stops_the_run(project, environment, wanted):
    code, output = project("\ndef test_nothing():\n    pass\n", "http://api.invalid/v1", **environment)
    assert code == pytest.ExitCode.USAGE_ERROR
    assert wanted in output
    assert "Traceback" not in output
