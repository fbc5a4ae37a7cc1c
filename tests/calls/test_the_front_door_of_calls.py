"""What `conformance.calls` shows is documented, and costs nothing before it is used."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

from conformance import calls


@pytest.mark.parametrize("name", calls.__all__)
def test_every_public_name_and_method_says_what_it_does(name: str) -> None:
    shown = getattr(calls, name)
    assert shown.__doc__
    assert not shown.__doc__.startswith(f"{name}("), "that is what dataclass writes where nobody did"
    mine = vars(shown) if inspect.isclass(shown) else {}
    methods = {one: getattr(getattr(value, "fget", value), "__func__", None) or value for one, value in mine.items()}
    silent = [
        one
        for one, value in methods.items()
        if not one.startswith("_") and (inspect.isfunction(value) or isinstance(value, property))
        if not value.__doc__
    ]
    assert silent == []


def test_there_is_nothing_else() -> None:
    assert sorted(calls.__all__) == calls.__all__
    with pytest.raises(AttributeError, match="has no attribute 'Telephone'"):
        calls.Telephone  # noqa: B018


def test_importing_it_imports_neither_the_network_nor_an_event_loop() -> None:
    heavy = "{'httpx', 'httpcore', 'anyio', 'asyncio', 'opentelemetry'}"
    code = f"import conformance.calls, sys; sys.exit(', '.join({heavy} & sys.modules.keys()) or 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
