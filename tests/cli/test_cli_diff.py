"""`conformance diff`: two files, two folders, a cassette and what is recorded now; three exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
Refused = Callable[..., None]


def cassette(folder: Path, scenario: str = "simple_text") -> Path:
    return folder / f"verify_openai_{scenario}.json"


def spoil(path: Path, old: str, new: str) -> Path:
    """Rewrite a cassette's text."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_two_recordings_that_are_alike(run: Run, folder: Path, copy: Path) -> None:
    """Other ids and times are content: exit 0."""
    spoil(cassette(copy), '"source": "virtual"', '"source": "live"')
    told = run("diff", cassette(folder), cassette(copy))
    assert told.exit_code == 0, told.output
    assert told.stdout == "1 pair: 1 without drift, 0 with drift; 0 not compared\n"


def test_drift_is_told_with_its_place_and_weight(run: Run, folder: Path, copy: Path) -> None:
    """Exit 1; the rule that is broken now is named."""
    spoil(cassette(copy), "chat.completion.chunk", "chat.chunk")
    told = run("diff", cassette(folder), cassette(copy))
    assert told.exit_code == 1, told.output
    assert "  breaking  $.object: new word chat.chunk; there were chat.completion.chunk [" in told.stdout
    assert told.stdout.endswith("1 pair: 0 without drift, 1 with drift: 1 breaking; 0 not compared\n")


def test_folders_are_compared_by_name(run: Run, folder: Path, copy: Path) -> None:
    """What has no counterpart is told, and makes it exit 2: nobody looked at that."""
    spoil(cassette(copy), "chat.completion.chunk", "chat.chunk")
    assert run("diff", folder, copy).exit_code == 1
    cassette(copy, "unicode_text").unlink()
    told = run("diff", folder, copy)
    assert told.exit_code == 2
    assert "verify_openai_unicode_text.json\n  not compared: there is no new recording of that name" in told.stdout
    assert "6 pairs: 4 without drift, 1 with drift: 1 breaking; 1 not compared" in told.stdout


def test_the_threshold_leaves_milder_changes_out(run: Run, folder: Path, copy: Path) -> None:
    """A header more is additive."""
    spoil(cassette(copy), '"x-request-id":', '"x-other-id": "1",\n          "x-request-id":')
    assert run("diff", cassette(folder), cassette(copy)).exit_code == 1
    assert run("diff", cassette(folder), cassette(copy), "--severity", "notable").exit_code == 0


def test_the_json_report_holds_every_change(run: Run, folder: Path, copy: Path, tmp_path: Path) -> None:
    """One document, with the pairs and what moved in them."""
    spoil(cassette(copy), "chat.completion.chunk", "chat.chunk")
    out = tmp_path / "drift.json"
    assert run("diff", cassette(folder), cassette(copy), "--format", "json", "--output", out).exit_code == 1
    told = json.loads(out.read_text())
    assert (told["kind"], told["exit_code"], told["counts"]) == ("diff", 1, {"drift": 1})
    (change,) = told["pairs"][0]["changes"]
    assert (change["kind"], change["where"], change["new"]) == ("word", "$.object", "chat.chunk")


def test_a_cassette_against_the_virtual_provider(run: Run, folder: Path, copy: Path) -> None:
    """It is recorded now, and the two are alike."""
    assert run("diff", cassette(folder), "--virtual").exit_code == 0
    spoil(cassette(copy, "tool_call_single"), "chat.completion.chunk", "chat.chunk")
    told = run("diff", copy, "--virtual")
    assert told.exit_code == 1, told.output
    assert "verify_openai_tool_call_single.json" in told.stdout


def test_live_says_which_key_is_missing_before_anything_is_sent(run: Run, folder: Path, refused: Refused) -> None:
    """And writes nothing."""
    refused(run("diff", cassette(folder), "--live"), "OPENAI_API_KEY", "nothing was sent")


def test_live_records_anew_and_compares(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The vendor is asked with the key from the environment; the virtual provider stands in for it here."""
    from conformance.calls import recording

    asked: list[str] = []
    real = recording.record

    def instead(names: list[str], *, source: str, **more: object) -> object:
        asked.append(source)
        return real(names, source="virtual", **more)  # type: ignore[arg-type]

    monkeypatch.setattr(recording, "record", instead)
    assert run("diff", cassette(folder), "--live", OPENAI_API_KEY="k").exit_code == 0
    assert asked == ["live"]


def test_a_recording_that_failed_is_not_no_drift(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody answers: exit 2, with the reason."""
    import httpx

    from conformance.calls import recording

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody there")

    failing = partial(recording.record, transport=httpx.MockTransport(refuse))
    monkeypatch.setattr(recording, "record", failing)
    told = run("diff", cassette(folder), "--live", OPENAI_API_KEY="k")
    assert told.exit_code == 2
    assert "not compared: nothing to compare with: failed" in told.stdout


BAD: list[tuple[list[str], list[str]]] = [
    (["OLD"], ["name one thing to compare with"]),
    (["OLD", "OLD", "--live"], ["name one thing to compare with"]),
    (["OLD", "nowhere.json"], ["there is no recording nowhere.json"]),
    (["nowhere.json", "--virtual"], ["there is no recording nowhere.json"]),
    (["OLD", "FOLDER"], ["is a folder and"]),
    (["OLD", ""], ["it is empty"]),
]


@pytest.mark.parametrize(("words", "told"), BAD, ids=lambda one: " ".join(one)[:40])
def test_bad_input_is_one_clear_error(
    words: list[str], told: list[str], run: Run, folder: Path, refused: Refused
) -> None:
    """Exit 2, a hint, no traceback."""
    places = {"OLD": str(cassette(folder)), "FOLDER": str(folder)}
    refused(run("diff", *(places.get(one, one) for one in words)), *told)


def test_what_says_nothing_of_its_origin_cannot_be_recorded_anew(run: Run, copy: Path, refused: Refused) -> None:
    """Another tool's recording, or one whose provider is gone."""
    refused(
        run("diff", spoil(cassette(copy), '"provider": "openai"', '"provider": "nobody"'), "--virtual"), "does not say"
    )


def test_garbage_is_told_and_compared_with_nothing(run: Run, folder: Path, tmp_path: Path) -> None:
    """A file that cannot be read is not "no drift"."""
    (tmp_path / "x.json").write_text("garbage")
    told = run("diff", cassette(folder), tmp_path / "x.json")
    assert told.exit_code == 2
    assert "not compared: " in told.stdout
