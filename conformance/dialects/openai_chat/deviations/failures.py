"""Deviations in how an error is told.

Rule of the file: the status and the message stay; the shape around them is the vendor's.
"""

from __future__ import annotations

from collections.abc import Callable

from conformance.deviating import Bend, Changes, Chunk, Deviation

SHAPE = "the vendor's errors have a shape of their own"
CODE = "the vendor's error codes are numbers"
FEWER = "the vendor's error objects have fewer keys"


def _shaped(shape: Callable[[int, Chunk], Chunk]) -> Bend:
    """`shape`: from the status and the official error object to the vendor's whole body."""
    return Bend(failure=lambda status, body: shape(status, body["error"]))


_ALL: Changes = {"OC-E01": (None, SHAPE), "JS-E": (None, SHAPE)}


def _gateway(status: int, told: Chunk) -> Chunk:
    refused = {"code": str(status), "message": told["message"]}
    return {"error": refused if status in (401, 403, 404, 408, 429) else told}


FAILURES = (
    Deviation(
        id="error_string",
        sentence="An error is a string.",
        source="references of venice and lmstudio",
        bend=_shaped(lambda status, told: {"error": told["message"]}),
        excuses=_ALL,
    ),
    Deviation(
        id="error_flat_code",
        sentence="An error is a code and a string beside it.",
        source="client sources for xai",
        bend=_shaped(lambda status, told: {"code": told["code"] or told["type"], "error": told["message"]}),
        excuses=_ALL,
    ),
    Deviation(
        id="error_flat_number",
        sentence="An error is a number, a message and null data, without an error object.",
        source="siliconflow's reference",
        bend=_shaped(lambda status, told: {"code": status * 100 + 1, "message": told["message"], "data": None}),
        excuses=_ALL,
    ),
    Deviation(
        id="error_message_only",
        sentence="An error is a message, without an error object.",
        source="recorded answers of gateways",
        bend=_shaped(lambda status, told: {"message": told["message"]}),
        excuses=_ALL,
    ),
    Deviation(
        id="error_detail",
        sentence="An error is told as `detail`, as FastAPI does.",
        source="recorded answers of compatible servers",
        bend=_shaped(lambda status, told: {"detail": told["message"]}),
        excuses=_ALL,
    ),
    Deviation(
        id="error_object_flat",
        sentence='An error is flat: {"object":"error", …} with the status as its code.',
        source="source of vllm's server, older builds",
        bend=_shaped(lambda status, told: {"object": "error"} | told | {"code": status}),
        excuses=_ALL,
    ),
    Deviation(
        id="error_int_code",
        sentence="The code of an error is the HTTP status as a number, and no param is told.",
        source="sources of vllm and llama.cpp",
        bend=_shaped(
            lambda status, told: {"error": {"code": status, "message": told["message"], "type": told["type"]}}
        ),
        excuses={
            "OC-E01 $.error.code": (None, CODE),
            "OC-E01 $.error.param": (None, FEWER),
            "JS-E $.error.code": (None, CODE),
            "JS-E $.error": (None, FEWER),
        },
    ),
    Deviation(
        id="error_without_param",
        sentence="An error tells its message and type, seldom a code, and no param.",
        source="groq's reference of errors; recorded answers",
        bend=_shaped(lambda status, told: {"error": {key: told[key] for key in ("message", "type")}}),
        excuses={
            "OC-E01 $.error.param": (None, FEWER),
            "OC-E01 $.error.code": (None, FEWER),
            "JS-E $.error": (None, FEWER),
        },
    ),
    Deviation(
        id="error_number",
        sentence="An error has a code, the HTTP status as a number, and a message; nothing else.",
        source="openrouter's reference of errors",
        bend=_shaped(lambda status, told: {"error": {"code": status, "message": told["message"]}}),
        excuses={
            "OC-E01 $.error.code": (None, CODE),
            "OC-E01 $.error.type": (None, FEWER),
            "OC-E01 $.error.param": (None, FEWER),
            "JS-E $.error.code": (None, CODE),
            "JS-E $.error": (None, FEWER),
        },
    ),
    Deviation(
        id="error_gateway",
        sentence="What a gateway refuses, before a model is asked, is its status as a string, and a message.",
        source="Azure's reference of errors; recorded answers",
        bend=_shaped(_gateway),
        excuses={
            "OC-E01 $.error.type": (None, FEWER),
            "OC-E01 $.error.param": (None, FEWER),
            "JS-E $.error": (None, FEWER),
        },
    ),
    Deviation(
        id="error_number_string",
        sentence="An error has a code, a number as a string, and a message; nothing else.",
        source="zai's reference of errors",
        bend=_shaped(lambda status, told: {"error": {"code": "1002", "message": told["message"]}}),
        excuses={
            "OC-E01 $.error.type": (None, FEWER),
            "OC-E01 $.error.param": (None, FEWER),
            "JS-E $.error": (None, FEWER),
        },
    ),
)
