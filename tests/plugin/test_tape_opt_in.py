"""Our tape behind `pytest.mark.vcr`: there when the project says so, and not otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

pytest_plugins = ["pytester"]

PLAYS = """
import httpx, pytest
from pathlib import Path

@pytest.fixture(scope="module")
def vcr_cassette_dir():
    return str(Path(__file__).parent)

@pytest.mark.vcr
@pytest.mark.default_cassette("pieces")
def test_chunks_are_kept():
    with httpx.Client(transport=httpx.HTTPTransport(verify=False)) as client:
        with client.stream("POST", "https://a.example/v1", json={"q": 1}) as answer:
            assert list(answer.iter_raw()) == [b"one ", b"two"]

@pytest.mark.vcr
@pytest.mark.default_cassette("pieces")
def test_a_miss_says_where():
    with httpx.Client(transport=httpx.HTTPTransport(verify=False)) as client:
        client.post("https://a.example/v1", json={"q": 2})
"""

UNTOUCHED = """
def test_the_settings_are_pytest_recordings_own(vcr_config, record_mode, pytestconfig):
    assert vcr_config == {}
    assert record_mode == "none"
    assert pytestconfig.getoption("--record-mode") is None
    assert not pytestconfig.pluginmanager.has_plugin("conformance_tape")
"""


def test_a_project_that_opts_in_plays_our_cassettes_chunk_by_chunk(tmp_path: Path, run: Any) -> None:
    from conformance.testing import vcr_client

    _client, folder = vcr_client("pieces", "https://a.example/v1", {"q": 1}, 200, {}, ["one ", "two"])
    (tmp_path / "pieces.json").write_bytes((folder / "pieces.json").read_bytes())
    (tmp_path / "pytest.ini").write_text("[pytest]\nconformance_tape = true\n", encoding="utf-8")
    (tmp_path / "test_mine.py").write_text(PLAYS, encoding="utf-8")
    shown = run(tmp_path).stdout
    assert "1 failed, 1 passed" in shown
    assert "$.q" in shown
    assert "CassetteMiss" in shown
    assert "VCR_MODE is 'loud'" in run(tmp_path, VCR_MODE="loud").stderr


def test_a_project_that_does_not_is_left_alone(tmp_path: Path, run: Any) -> None:
    (tmp_path / "test_mine.py").write_text(UNTOUCHED, encoding="utf-8")
    assert "1 passed" in run(tmp_path, VCR_MODE="record").stdout
