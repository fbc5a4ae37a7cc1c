"""What makes an official server refuse a request, and its rules in a recorded one: one check for both.

Rule of the file: checks look at a body in camelCase, of any types, and yield what is wrong. `ORDER` is the server's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from conformance.dialects.openai_chat.book import objects
from conformance.model import JSON
from conformance.rulebook import Violation

from .schemas import SCHEMAS
from .words import DATA_FIELDS, MODES

Body = dict[str, JSON]
Check = Callable[[Body], Iterator[Violation]]

NAME = r"[A-Za-z_][A-Za-z0-9_.:-]{0,127}"
ROLES = ("user", "model")
MIME_TYPES = ("application/json", "text/x.enum")


def first_fault(asked: JSON) -> Violation | None:
    """The first reason to refuse; None for a valid body."""
    if not isinstance(asked, dict):
        return Violation("Invalid JSON payload received. Expected an object.")
    return next((fault for check in ORDER for fault in check(asked)), None)


def turns(asked: Body) -> list[tuple[int, Body]]:
    """The contents that are objects, with their positions."""
    return list(objects(asked, "contents"))


def parts(asked: Body) -> Iterator[tuple[str, Body]]:
    """All parts that are objects, with their paths."""
    for at, turn in turns(asked):
        for number, part in objects(turn, "parts"):
            yield f"$.contents[{at}].parts[{number}]", part


def contents(asked: Body) -> Iterator[Violation]:
    """Contents are there, each of role user or model."""
    if not isinstance(asked.get("contents"), list) or not asked["contents"]:
        yield Violation("contents is not specified", "$.contents", None, "a list with turns", asked.get("contents"))
    for at, turn in turns(asked):
        if turn.get("role") not in (None, "", *ROLES):
            path = f"$.contents[{at}].role"
            yield Violation("Please use a valid role: user, model.", path, None, list(ROLES), turn["role"])


def one_datum(asked: Body) -> Iterator[Violation]:
    """Each part has exactly one data field."""
    for path, part in parts(asked):
        held = [name for name in DATA_FIELDS if part.get(name) is not None]
        if len(held) != 1:
            yield Violation("a part must have exactly one initialized data field", path, None, "one of them", held)


def results(asked: Body) -> Iterator[Violation]:
    """Each functionResponse names an earlier call, and holds an object."""
    known: set[JSON] = set()
    for path, part in parts(asked):
        call, result = part.get("functionCall"), part.get("functionResponse")
        if isinstance(call, dict) and isinstance(call.get("name"), str):
            known.add(call["name"])
        if not isinstance(result, dict):
            continue
        if not isinstance(result.get("name"), str) or result["name"] not in known:
            where = f"{path}.functionResponse.name"
            yield Violation(
                "name is not that of an earlier call", where, None, sorted(map(str, known)), result.get("name")
            )
        if not isinstance(result.get("response"), dict):
            where = f"{path}.functionResponse.response"
            yield Violation("response is no object", where, None, "an object", result.get("response"))


def answers(asked: Body) -> Iterator[Violation]:
    """A step's calls and results are equal in number; an id that a result has is its call's (the SDK may send none)."""
    open_calls: list[Body] = []
    for at, turn in turns(asked):
        calls, given = (_held(turn, name) for name in ("functionCall", "functionResponse"))
        if calls:
            open_calls = [*open_calls, *calls] if turn.get("role") == "model" else calls
            continue
        if len(given) != len(open_calls):
            yield Violation(
                "the number of function response parts is not that of the function call parts before them",
                f"$.contents[{at}]", None, len(open_calls), len(given),
            )  # fmt: skip
        wanted = {call["id"] for call in open_calls if isinstance(call.get("id"), str)}
        for one in given:
            id = one.get("id")
            if len(given) == len(open_calls) and wanted and id not in (None, *wanted):
                yield Violation(
                    "a result has an id that is not its call's", f"$.contents[{at}]", None, sorted(wanted), id
                )
        open_calls = []


def _held(turn: Body, name: str) -> list[Body]:
    return [part[name] for _, part in objects(turn, "parts") if isinstance(part.get(name), dict)]


def functions(asked: Body) -> Iterator[tuple[str, Body]]:
    """The function declarations, with their paths."""
    for at, tool in objects(asked, "tools"):
        for number, one in objects(tool, "functionDeclarations"):
            yield f"$.tools[{at}].functionDeclarations[{number}]", one


def declarations(asked: Body) -> Iterator[Violation]:
    """Functions are named as functions are, and have one kind of schema."""
    for path, one in functions(asked):
        name = one.get("name")
        if not isinstance(name, str) or not re.fullmatch(NAME, name):
            yield Violation("Invalid function name.", f"{path}.name", None, NAME, name)
        if one.get("parameters") is not None and one.get("parametersJsonSchema") is not None:
            yield Violation("only one of parameters and parametersJsonSchema can be set", path)


def modes(asked: Body) -> Iterator[Violation]:
    """The mode is a known one; functions are only picked where they must be called or keep to schemas."""
    outer = asked.get("toolConfig")
    config = outer.get("functionCallingConfig") if isinstance(outer, dict) else None
    if not isinstance(config, dict):
        return
    path, mode, picked = "$.toolConfig.functionCallingConfig", config.get("mode"), config.get("allowedFunctionNames")
    if mode not in (None, "MODE_UNSPECIFIED", *MODES):
        yield Violation("the mode is unknown", f"{path}.mode", None, list(MODES), mode)
    if picked and mode not in ("ANY", "VALIDATED"):
        where = f"{path}.allowedFunctionNames"
        yield Violation("allowed_function_names goes with mode ANY or VALIDATED only", where, None, None, picked)
    declared = [one.get("name") for _, one in functions(asked)]
    for name in picked if isinstance(picked, list) else ():
        if name not in declared:
            yield Violation("an allowed function is not declared", f"{path}.allowedFunctionNames", None, declared, name)


def formats(asked: Body) -> Iterator[Violation]:
    """A schema of the answer goes with a MIME type that can keep to it."""
    config = asked.get("generationConfig")
    if not isinstance(config, dict):
        return
    schemas = [name for name in ("responseSchema", "responseJsonSchema") if config.get(name) is not None]
    if schemas and config.get("responseMimeType") not in MIME_TYPES:
        where = "$.generationConfig.responseMimeType"
        message = f"{schemas[0]} is only supported with a JSON or enum mime type"
        yield Violation(message, where, None, list(MIME_TYPES), config.get("responseMimeType"))


def thinking(asked: Body) -> Iterator[Violation]:
    """Budget and level of thinking are not both given."""
    config = asked.get("generationConfig")
    wish = config.get("thinkingConfig") if isinstance(config, dict) else None
    if isinstance(wish, dict) and None not in (wish.get("thinkingBudget"), wish.get("thinkingLevel")):
        where = "$.generationConfig.thinkingConfig"
        yield Violation("only one of thinking_budget and thinking_level can be set", where, None, None, wish)


def _schema(asked: Body) -> Iterator[Violation]:
    from conformance.schema import problems

    for one in problems(SCHEMAS["request"], asked):
        path = (one.path or "$").removeprefix("$.")
        yield one._replace(message=f"Invalid value at '{path}': {one.message}")


ORDER: tuple[Check, ...] = (
    contents,
    _schema,
    one_datum,
    results,
    answers,
    declarations,
    modes,
    formats,
    thinking,
)
