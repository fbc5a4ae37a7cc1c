"""Rules on where a request goes and on its messages.

Rule of the file: a rule speaks of one thing; what the schema names is named there too, for schemas give no reasons.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, objects, word_in

ROLES = ("system", "user", "assistant", "tool")


@BOOK.rule(
    "CO-H01",
    "MUST",
    Scope.REQUEST,
    "API reference: POST /v2/chat",
    good="POST /v2/chat with authorization: Bearer …",
    bad="POST /v1/chat, or x-api-key",
    why="another version answers in another form; without a bearer token the answer is 401",
)
def goes_to_chat(reading: Reading) -> Iterator[Violation]:
    """A request is a POST to /v2/chat that carries a bearer token."""
    request = reading.exchange.request
    if request.method.upper() != "POST" or not reading.path.rstrip("/").endswith("/v2/chat"):
        yield Violation("not a POST to /v2/chat", got=f"{request.method} {reading.path}")
    key = request.header("authorization")
    if request.headers and key is not None and not key.lower().startswith("bearer"):
        yield Violation("the key is no bearer token", got=key.partition(" ")[0][:10])


@BOOK.rule(
    "CO-Q01",
    "MUST",
    Scope.REQUEST,
    "OpenAPI: required fields of chatv2",
    good='{"model":"command-a-03-2025","messages":[{"role":"user","content":"Hi"}]}',
    bad='{"message":"Hi"}',
    why="the server answers 400",
)
def model_and_messages(reading: Reading) -> Iterator[Violation]:
    """A request names its model and holds at least one message."""
    if not isinstance(reading.asked.get("model"), str) or not reading.asked["model"]:
        yield Violation("model is missing", "$.model", got=reading.asked.get("model"))
    if not isinstance(reading.asked.get("messages"), list) or not reading.asked["messages"]:
        yield Violation("messages are missing", "$.messages", got=reading.asked.get("messages"))


@BOOK.rule(
    "CO-Q02",
    "MUST",
    Scope.REQUEST,
    "OpenAPI: ChatMessageV2; guide to the Chat API",
    good="system, user, assistant, tool, assistant, user",
    bad="user, system; or a role developer",
    why="the server answers 400",
)
def roles(reading: Reading) -> Iterator[Violation]:
    """Roles are system, user, assistant and tool, and system messages come first."""
    led = True
    for at, said in objects(reading.asked, "messages"):
        role = said.get("role")
        if not word_in(role, ROLES):
            yield Violation("no role of this language", f"$.messages[{at}].role", expected=list(ROLES), got=role)
        elif role == "system" and not led:
            yield Violation("a system message after another message", f"$.messages[{at}]", got=role)
        led = led and role == "system"


@BOOK.rule(
    "CO-Q05",
    "MUST",
    Scope.REQUEST,
    "guide to tool use: tool_call_id",
    good='an assistant that calls "a", then {"role":"tool","tool_call_id":"a","content":"…"}',
    bad='{"role":"tool","tool_call_id":"b","content":"…"} without a call b before it',
    why="the server answers 400: tool call id not found",
)
def results_answer_calls(reading: Reading) -> Iterator[Violation]:
    """A tool message answers a call of an earlier assistant message by its id."""
    known: list[object] = []
    for at, said in objects(reading.asked, "messages"):
        known += [call.get("id") for _, call in objects(said, "tool_calls")]
        answered = said.get("tool_call_id")
        if said.get("role") == "tool" and (not isinstance(answered, str) or answered not in known):
            yield Violation("no earlier call has this id", f"$.messages[{at}].tool_call_id", got=answered)


@BOOK.rule(
    "CO-Q08",
    "SHOULD",
    Scope.REQUEST,
    "guide to tool use: append the assistant message as it came",
    good='{"role":"assistant","tool_plan":"I will look.","tool_calls":[…]}',
    bad='{"role":"assistant","tool_plan":"I will look."}, the calls in a message of their own',
    why="the model sees a plan without the calls that it led to, and plans again",
)
def plan_stays_with_calls(reading: Reading) -> Iterator[Violation]:
    """A replayed plan stands in one message with the calls that it led to."""
    for at, said in objects(reading.asked, "messages"):
        if said.get("role") == "assistant" and said.get("tool_plan") and not said.get("tool_calls"):
            yield Violation("a tool_plan without tool_calls", f"$.messages[{at}].tool_plan", got=said["tool_plan"])
