"""Scenarios that must fail: a wrong key, a request that breaks the language, an unknown model, too many requests.

Rule of the file: the failure is provoked by what is sent; `live=False` where no request can provoke it.
"""

from __future__ import annotations

import msgspec

from conformance.model import error
from conformance.scenarios import expectations as must
from conformance.scenarios.asking import asks
from conformance.scenarios.form import Scenario

ERROR_AUTH_401 = Scenario(
    name="error_auth_401",
    title="a wrong key",
    request=asks("Is this key good?"),
    answer=error("auth", "the key is not known", status=401),
    expect=(must.timeline_is_sound, must.fails_with("auth", 401, 403)),
    key="wrong",
)

ERROR_BAD_REQUEST_400 = Scenario(
    name="error_bad_request_400",
    title="a request that breaks the language: a negative limit",
    request=asks("Answer with a negative number of tokens.", max_tokens=-1),
    answer=error("invalid_request", "max_tokens must not be negative", status=400),
    expect=(must.timeline_is_sound, must.fails_with("invalid_request", 400, 422)),
    sends="invalid",
)

UNKNOWN_MODEL = "conformance-unknown-model"

ERROR_NOT_FOUND_404 = Scenario(
    name="error_not_found_404",
    title="a model that does not exist",
    request=msgspec.structs.replace(asks("Which model are you?"), model=UNKNOWN_MODEL),
    answer=error("not_found", f"the model {UNKNOWN_MODEL} does not exist", status=404),
    expect=(must.timeline_is_sound, must.fails_with("not_found", 404, 400)),
)

ERROR_RATE_LIMIT_429 = Scenario(
    name="error_rate_limit_429",
    title="too many requests, and when to come back",
    request=asks("Answer that there were too many requests."),
    answer=error("rate_limit", "too many requests: try again in 7 seconds", status=429, retry_after=7.0),
    expect=(must.timeline_is_sound, must.fails_with("rate_limit", 429), must.may_be_tried_again),
    live=False,
)

FAILING = (ERROR_AUTH_401, ERROR_BAD_REQUEST_400, ERROR_NOT_FOUND_404, ERROR_RATE_LIMIT_429)
