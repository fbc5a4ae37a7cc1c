"""Tell whether a provider, endpoint, gateway or client really speaks the wire protocol that it claims.

This file is the front door: every public name, each imported when it is first used, so that
`import conformance` costs nothing. Rule of the file: names only, no code of their own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

# A wheel holds providers/, cassettes/ and checklist/ inside this package; in a checkout they are its siblings.
if not (_here := Path(__file__).parent).joinpath("providers").exists():
    __path__.append(str(_here.parent))

if TYPE_CHECKING:
    from conformance.adapters import CASSETTES_ONLY as CASSETTES_ONLY
    from conformance.adapters import TEST_REQUIRED as TEST_REQUIRED
    from conformance.adapters import Adapter as Adapter
    from conformance.adapters import HttpAdapter as HttpAdapter
    from conformance.adapters import ProviderTestObligations as ProviderTestObligations
    from conformance.adapters import adapter as adapter
    from conformance.adapters import adapter_names as adapter_names
    from conformance.adapters import find_adapter as find_adapter
    from conformance.calls import CallContext as CallContext
    from conformance.calls import CallOptions as CallOptions
    from conformance.calls import Model as Model
    from conformance.calls import ServiceError as ServiceError
    from conformance.calls import astream as astream
    from conformance.calls import send as send
    from conformance.calls import stream as stream
    from conformance.cases import Case as Case
    from conformance.cases import NotJudged as NotJudged
    from conformance.cases import Verdict as Verdict
    from conformance.decoding import decode as decode
    from conformance.dialects import Dialect as Dialect
    from conformance.dialects import detect as detect
    from conformance.dialects import dialect as dialect
    from conformance.dialects import dialect_names as dialect_names
    from conformance.errors import ConformanceError as ConformanceError
    from conformance.errors import InputError as InputError
    from conformance.errors import MissingExtra as MissingExtra
    from conformance.errors import SecretLeak as SecretLeak
    from conformance.errors import Unreachable as Unreachable
    from conformance.errors import UnsupportedError as UnsupportedError
    from conformance.errors import UsageError as UsageError
    from conformance.exchange import Chunk as Chunk
    from conformance.exchange import Exchange as Exchange
    from conformance.exchange import Request as Request
    from conformance.exchange import Response as Response
    from conformance.judging import Judgement as Judgement
    from conformance.judging import find_rule as find_rule
    from conformance.judging import judge as judge
    from conformance.model import ChatRequest as ChatRequest
    from conformance.model import Done as Done
    from conformance.model import Error as Error
    from conformance.model import Event as Event
    from conformance.model import Image as Image
    from conformance.model import Message as Message
    from conformance.model import Opaque as Opaque
    from conformance.model import Reasoning as Reasoning
    from conformance.model import Reply as Reply
    from conformance.model import ResponseFormat as ResponseFormat
    from conformance.model import Start as Start
    from conformance.model import Text as Text
    from conformance.model import TextDelta as TextDelta
    from conformance.model import TextEnd as TextEnd
    from conformance.model import TextStart as TextStart
    from conformance.model import Thinking as Thinking
    from conformance.model import ThinkingDelta as ThinkingDelta
    from conformance.model import ThinkingEnd as ThinkingEnd
    from conformance.model import ThinkingStart as ThinkingStart
    from conformance.model import Tool as Tool
    from conformance.model import ToolCall as ToolCall
    from conformance.model import ToolCallDelta as ToolCallDelta
    from conformance.model import ToolCallEnd as ToolCallEnd
    from conformance.model import ToolCallStart as ToolCallStart
    from conformance.model import ToolChoice as ToolChoice
    from conformance.model import ToolResult as ToolResult
    from conformance.model import Usage as Usage
    from conformance.rulebook import Finding as Finding
    from conformance.rulebook import Profile as Profile
    from conformance.rulebook import Rule as Rule
    from conformance.rulebook import Rulebook as Rulebook
    from conformance.rulebook import Scope as Scope
    from conformance.rulebook import Violation as Violation
    from conformance.run import judge_all as judge_all
    from conformance.run import plan as plan
    from conformance.scenarios import Scenario as Scenario
    from conformance.tape import CassetteMiss as CassetteMiss
    from conformance.tape import open_tape as open_tape
    from conformance.tape import read_cassette as read_cassette
    from conformance.tape import read_traffic as read_traffic
    from conformance.virtual import VirtualProvider as VirtualProvider

_ROOMS = {
    "adapters": (
        "CASSETTES_ONLY TEST_REQUIRED Adapter HttpAdapter ProviderTestObligations adapter adapter_names find_adapter"
    ),
    "calls": "CallContext CallOptions Model ServiceError astream send stream",
    "cases": "Case NotJudged Verdict",
    "decoding": "decode",
    "dialects": "Dialect detect dialect dialect_names",
    "errors": ("ConformanceError InputError MissingExtra SecretLeak Unreachable UnsupportedError UsageError"),
    "exchange": "Chunk Exchange Request Response",
    "judging": "Judgement find_rule judge",
    "model": (
        "ChatRequest Done Error Event Image Message Opaque Reasoning Reply ResponseFormat Start "
        "Text TextDelta TextEnd TextStart Thinking ThinkingDelta ThinkingEnd ThinkingStart "
        "Tool ToolCall ToolCallDelta ToolCallEnd ToolCallStart ToolChoice ToolResult Usage"
    ),
    "rulebook": "Finding Profile Rule Rulebook Scope Violation",
    "run": "judge_all plan",
    "scenarios": "Scenario",
    "tape": "CassetteMiss open_tape read_cassette read_traffic",
    "virtual": "VirtualProvider",
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names.split()}

__all__ = sorted(_ROOM_OF)


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("provider-conformance")
    if name not in _ROOM_OF:
        raise AttributeError(f"module 'conformance' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"conformance.{_ROOM_OF[name]}"), name)
    globals()[name] = value  # asked once, then as cheap as any global
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
