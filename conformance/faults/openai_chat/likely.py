"""Faults of log probabilities, where they were asked for and come; and of the status of a refusal.

Rule of the file: the rest of the answer is as it should be.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from conformance.deviating import Bend
from conformance.faults import kit
from conformance.faults.choices import CHOICE, asking
from conformance.faults.every.telling import Teller
from conformance.faults.kit import Change, both, drop_at, set_at, swap_at

from .telling import NAME

_likely, _status = Teller(NAME, "likely"), Teller(NAME, "status")
_ASKED = asking(logprobs=True, top_logprobs=2)
_TOLD = "choices[].logprobs"
_TOKEN = f"{_TOLD}.content[]"
_LEGACY = {"tokens": ["Hi"], "token_logprobs": [-0.1], "top_logprobs": None, "text_offset": [0]}

_MORE = swap_at(_TOKEN, "top_logprobs", lambda told: told * 2)
_OLD = swap_at(CHOICE, "logprobs", lambda told: told and _LEGACY)
_LIST = swap_at(CHOICE, "logprobs", lambda told: told and told["content"])

_FORMS: tuple[tuple[str, str, Change, str], ...] = (
    ("positive", "A logarithm of a probability is above 0.", set_at(_TOKEN, logprob=0.6), ""),
    ("text", "A logarithm is a string.", set_at(_TOKEN, logprob="-0.1"), ""),
    ("no-number", "A logarithm is null.", set_at(_TOKEN, logprob=None), "Hugging Face"),
    ("token-number", "A token is told by its number.", set_at(_TOKEN, token=9906), ""),
    ("bytes-base64", "The bytes of a token are a string.", set_at(_TOKEN, bytes="SGk="), "Hugging Face"),
    ("bytes-beyond", "A byte of a token is above 255.", set_at(_TOKEN, bytes=[288]), ""),
    ("bytes-of-others", "The bytes are not those of the token.", set_at(_TOKEN, token="tok"), ""),
    ("no-ranks", "A token has no top_logprobs.", drop_at(_TOKEN, "top_logprobs"), ""),
    ("more-ranks", "More top_logprobs come than were asked for.", _MORE, ""),
    ("of-completions", "They are told as those of /completions.", _OLD, "Together"),
)  # fmt: skip

_STATUSES = (
    ("limit-as-500", "error_rate_limit_429", 500),
    ("limit-as-503", "error_rate_limit_429", 503),
    ("limit-as-400", "error_rate_limit_429", 400),
    ("key-as-400", "error_auth_401", 400),
    ("key-as-404", "error_auth_401", 404),
    ("key-as-500", "error_auth_401", 500),
    ("model-as-500", "error_not_found_404", 500),
    ("mistake-as-502", "error_bad_request_400", 502),
)
_KEY = "error_auth_401"
_REFUSAL = {"message": "No such model.", "type": "invalid_request_error", "param": "model", "code": "model_not_found"}


def _as_the_vocabulary_spells(told: Any) -> None:
    for one in kit.at(told, _TOKEN):
        one.update(token=one["token"].replace(" ", "Ġ"), bytes=None)


def _always(wrong: int) -> Bend:
    return kit.status(lambda told: wrong)


FAULTS = (
    *(
        fault
        for id, sentence, change, source in _FORMS
        for fault in _likely.twins(id, "OC-A11", sentence, both(change), asks=_ASKED, source=source)
    ),
    *(
        replace(one, also=frozenset({"JS-R" if one.on.endswith("_whole") else "JS-S"}))
        for one in _likely.twins(
            "bare-list", "OC-A04", "The tokens stand in a list of their own.", both(_LIST), asks=_ASKED
        )
    ),
    *_likely.twins(
        "other-words",
        "OC-A12",
        "The tokens are not those of the text.",
        both(set_at(_TOKEN, token="tok", bytes=None)),
        asks=_ASKED,
    ),
    *_likely.twins(
        "raw-words",
        "OC-A12",
        "The tokens are as the vocabulary spells them.",
        both(_as_the_vocabulary_spells),
        asks=_ASKED,
        source="Hugging Face",
    ),
    *(
        _status.fault(id, "OC-E05", f"The refusal {scenario} has the status {wrong}.", _always(wrong), on=scenario)
        for id, scenario, wrong in _STATUSES
    ),
    _status.fault(
        "in-stream",
        "OC-E06",
        "A refusal is the only event of a stream under 200.",
        kit.frames(lambda told: [b"data: " + json.dumps({"error": _REFUSAL}).encode() + b"\n\n"]),
    ),
)
_TRACES = (
    ("python", 'Traceback (most recent call last):\n  File "server.py", line 7, in create\nKeyError: 1'),
    ("javascript", "TypeError: no key\n    at create (/srv/server.js:7:3)"),
)
FAULTS += (
    _status.fault(
        "message-empty", "OC-E07", "A refusal has an empty message.", kit.failure(set_at("error", message="")), on=_KEY
    ),
    *(
        _status.fault(
            f"message-{id}",
            "OC-E07",
            f"The message of a refusal is a stack trace of {id}.",
            kit.failure(set_at("error", message=trace)),
            on=_KEY,
        )
        for id, trace in _TRACES
    ),
)
VARIATIONS = (
    *_likely.legal_twins("no-bytes", "Of no token the bytes are told.", both(set_at(_TOKEN, bytes=None)), asks=_ASKED),
    *_likely.legal_twins("certain", "A token was certain.", both(set_at(_TOKEN, logprob=0)), asks=_ASKED),
    *_likely.legal_twins(
        "fewer-ranks",
        "Fewer top_logprobs come than were asked for.",
        both(set_at(_TOKEN, top_logprobs=[])),
        asks=_ASKED,
    ),
)
