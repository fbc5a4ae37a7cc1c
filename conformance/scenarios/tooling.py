"""Scenarios with tools: one call, several calls, and the answer to what came of a call.

Rule of the file: no tool is forced, for newer models refuse that; the prompt asks for the call. The answers name no
call ids: the virtual provider makes them, as vendors do. Canned ids are nine letters and
digits, which every vendor takes.
"""

from __future__ import annotations

from conformance.model import ChatRequest, Message, Reply, Text, ToolCall, ToolResult, Usage, user
from conformance.scenarios import expectations as must
from conformance.scenarios.asking import ANSWERS, asks
from conformance.scenarios.fitting import calls
from conformance.scenarios.form import Scenario
from conformance.scenarios.material import CLOCK, WEATHER

TOOL_CALL_SINGLE = Scenario(
    name="tool_call_single",
    title="one call of one tool",
    needs=frozenset({"tools"}),
    request=asks("What is the weather in Tokyo now?", tools=(WEATHER,)),
    answer=Reply(
        parts=(ToolCall("", "get_weather", '{"city": "Tokyo", "unit": "celsius"}'),),
        stop="tool_use",
        usage=Usage(input=88, output=21),
    ),
    expect=(*ANSWERS, calls("get_weather"), must.stops_for("tool_use")),
)

TOOL_CALL_MULTIPLE = Scenario(
    name="tool_call_multiple",
    title="two different tools called in one answer",
    needs=frozenset({"tools", "parallel_tools"}),
    request=asks("Tell me the weather and the local time in Lima: call both tools at once.", tools=(WEATHER, CLOCK)),
    answer=Reply(
        parts=(
            Text("I will look up both."),
            ToolCall("", "get_weather", '{"city": "Lima"}'),
            ToolCall("", "get_time", '{"city": "Lima"}'),
        ),
        stop="tool_use",
        usage=Usage(input=127, output=44),
    ),
    expect=(*ANSWERS, calls("get_weather", "get_time"), must.stops_for("tool_use")),
)

TOOL_CALL_PARALLEL = Scenario(
    name="tool_call_parallel",
    title="the same tool called twice in one answer",
    needs=frozenset({"tools", "parallel_tools"}),
    request=asks(
        "Compare the weather in Cairo and in Quito: call the tool for both cities at once.",
        tools=(WEATHER,),
        parallel_tool_calls=True,
    ),
    answer=Reply(
        parts=(
            ToolCall("", "get_weather", '{"city": "Cairo"}'),
            ToolCall("", "get_weather", '{"city": "Quito"}'),
        ),
        stop="tool_use",
        usage=Usage(input=91, output=38),
    ),
    expect=(*ANSWERS, calls("get_weather", "get_weather"), must.stops_for("tool_use")),
)

TOOL_RESULT = Scenario(
    name="tool_result",
    title="an answer made from what a tool returned",
    needs=frozenset({"text", "tools"}),
    request=ChatRequest(
        model="",
        messages=(
            user("Shall I take an umbrella in Turin today?"),
            Message("assistant", (ToolCall("turin0001", "get_weather", '{"city": "Turin"}'),)),
            Message("tool", (ToolResult("turin0001", (Text('{"sky": "rain", "celsius": 11}'),)),)),
        ),
        tools=(WEATHER,),
        stream=True,
    ),
    answer=Reply(
        parts=(Text("Yes, take one: it rains in Turin, at 11 degrees."),),
        usage=Usage(input=132, output=15),
    ),
    expect=(*ANSWERS, must.text_is_not_empty, must.stops_for("stop")),
)

TOOLING = (TOOL_CALL_SINGLE, TOOL_CALL_MULTIPLE, TOOL_CALL_PARALLEL, TOOL_RESULT)
