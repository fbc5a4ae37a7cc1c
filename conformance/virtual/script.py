"""The script: which scenario a request plays, and what is answered in it.

Rule of the file: a scenario is known by what the user said last and what tools have returned since.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from conformance.model import ChatRequest, Error, Reply
from conformance.scenarios import SCENARIOS, Scenario, agent_story
from conformance.virtual.hearing import question


def scripted(request: ChatRequest) -> Reply | Error | None:
    """The answer of the scenario that is played; None when it is none, or the request lacks what the answer uses."""
    played = _by_question().get(question(request))
    if played is None:
        return agent_story.scripted(request)
    return played.answer if _offers(request, played.request) and _suits(request, played.answer) else None


@cache
def _by_question() -> Mapping[tuple[str, ...], Scenario]:
    return {question(one.request): one for one in SCENARIOS.values() if one.request.stream}


def _offers(request: ChatRequest, script: ChatRequest) -> bool:
    """Does a request hold what made the scripted answer possible: its tools, limits and format?"""
    return (
        {tool.name for tool in request.tools} >= {tool.name for tool in script.tools}
        and script.max_tokens in (None, request.max_tokens)
        and script.stop in ((), request.stop)
        and (script.response_format is None) == (request.response_format is None)
    )


def _suits(request: ChatRequest, answer: Reply | Error) -> bool:
    """Is the scripted answer one to this request too, should it ask for more than the script does?"""
    if isinstance(answer, Error):
        return True
    names, choice = {call.name for call in answer.tool_calls}, request.tool_choice
    allowed = {
        None: True,
        "auto": True,
        "none": not names,
        "required": bool(names),
        "tool": bool(choice and names == {choice.name}),
    }
    return (
        (request.max_tokens is None or (answer.usage.output or 0) <= request.max_tokens)
        and not any(one and one in answer.text for one in request.stop)
        and allowed.get(choice.mode if choice else None, True)
        and (request.parallel_tool_calls is not False or len(answer.tool_calls) < 2)
    )
