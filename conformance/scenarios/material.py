"""What the scenarios are made of: tools, a picture, a schema, texts from many scripts.

Rule of the file: constants only; a change here changes recorded requests, so record again.
"""

from __future__ import annotations

from conformance.model import JSON, Image, Tool

WEATHER = Tool(
    "get_weather",
    "Tell the present weather of a city.",
    {
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "Name of the city"},
            "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
        },
        "required": ["city"],
        "additionalProperties": False,
    },
)

CLOCK = Tool(
    "get_time",
    "Tell the local time of a city.",
    {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "Name of the city"}},
        "required": ["city"],
        "additionalProperties": False,
    },
)

CITY: dict[str, JSON] = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "country": {"type": "string"},
        "population": {"type": "integer"},
        "coastal": {"type": "boolean"},
    },
    "required": ["name", "country", "population", "coastal"],
    "additionalProperties": False,
}
"""The schema of the structured answer."""

RED_SQUARE = Image(
    data="iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAKklEQVR42mO4oKBAU8QwasGoBaMWjFowasGoBaMWjFowasGoBaMWDBULAE7Y"
    "QD2B7wk2AAAAAElFTkSuQmCC",
)
"""A picture of 32 by 32 pixels, all red: small, yet large enough for every vendor."""

SCRIPTS: dict[str, str] = {
    "emoji joined by ZWJ": "\U0001f469\u200d\U0001f680",
    "flag": "\U0001f1f3\U0001f1f4",
    "Chinese": "\u4f60\u597d\uff0c\u4e16\u754c",
    "Japanese": "\u3053\u3093\u306b\u3061\u306f",
    "Arabic": "\u0645\u0631\u062d\u0628\u0627",
    "Hebrew": "\u05e9\u05dc\u05d5\u05dd",
    "combining accents": "e\u0301a\u0308n\u0303",
    "Devanagari": "\u0928\u092e\u0938\u094d\u0924\u0947",
    "mathematics outside the BMP": "\U0001d54f\U0001d7d8",
}
"""Texts that careless code breaks: by splitting UTF-8, by UTF-16, by normalising."""

LINE_SEPARATOR = "first\u2028second"
"""U+2028 ends a line for `str.splitlines`, but neither in SSE nor in JSON.

A live model may well leave it out; only the virtual provider's answer is held to it.
"""
