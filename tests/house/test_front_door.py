"""The front door: what it offers is pinned, lazy, and the same for people and type checkers."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import conformance

PUBLIC = """
Adapter CASSETTES_ONLY CallContext CallOptions Case CassetteMiss ChatRequest Chunk ConformanceError Dialect Done Error
Event Exchange Finding HttpAdapter Image InputError Judgement Message MissingExtra Model NotJudged Opaque Profile
ProviderTestObligations Reasoning Reply Request Response ResponseFormat Rule Rulebook Scenario Scope SecretLeak
ServiceError Start TEST_REQUIRED Text TextDelta TextEnd TextStart Thinking ThinkingDelta ThinkingEnd ThinkingStart Tool
ToolCall ToolCallDelta ToolCallEnd ToolCallStart ToolChoice ToolResult Unreachable UnsupportedError Usage UsageError
Verdict Violation VirtualProvider adapter adapter_names astream decode detect dialect dialect_names find_adapter
find_rule judge judge_all open_tape plan read_cassette read_traffic send stream
""".split()


def test_public_names_are_pinned() -> None:
    assert sorted(conformance.__all__) == sorted(PUBLIC)


def test_every_public_name_can_be_reached() -> None:
    missing = [name for name in conformance.__all__ if getattr(conformance, name, None) is None]
    assert missing == []


def test_type_checkers_see_the_same_names() -> None:
    tree = ast.parse(Path(conformance.__file__).read_text(encoding="utf-8"))
    typed = [alias.asname for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert sorted(name for name in typed if name in PUBLIC) == sorted(PUBLIC)


def test_importing_the_front_door_imports_no_room() -> None:
    code = (
        "import sys, conformance; print([m for m in sys.modules if m.startswith(('conformance.', 'msgspec', 'httpx'))])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(conformance, "no_such_name")


def test_lookups_are_not_shadowed_by_modules() -> None:
    """Importing sub-packages must not replace a public function of the same name."""
    import conformance.providers

    import conformance.adapters
    import conformance.dialects

    assert callable(conformance.adapter)
    assert callable(conformance.dialect)
    assert callable(conformance.decode)
