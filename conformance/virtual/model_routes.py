"""The routes that tell of models: the list, and one of them by its name.

Rule of the file: whose list it is, the headers and the path say; the key is looked at first.
"""

from __future__ import annotations

from starlette.requests import Request as Arrival
from starlette.responses import JSONResponse, Response

from conformance.dialects import Refusal, dialect
from conformance.model import error
from conformance.virtual import listing
from conformance.virtual.arriving import Endpoint, kept, target
from conformance.virtual.desk import Desk, failed
from conformance.virtual.doorkeeper import check_key
from conformance.virtual.sending import sent


def models(desk: Desk) -> Endpoint:
    async def list_models(arrival: Arrival) -> Response:
        request = await kept(desk, arrival, call=False)
        speaks = listing.speaker(request.headers, target(arrival))
        try:
            check_key(dialect(speaks), request.headers, desk.key, request.url)
        except Refusal as refusal:
            return sent(failed(dialect(speaks), refusal.error, desk.bends))
        return JSONResponse(listing.models(speaks))

    return list_models


def model(desk: Desk) -> Endpoint:
    async def one_model(arrival: Arrival) -> Response:
        request = await kept(desk, arrival, call=False)
        speaks = listing.speaker(request.headers, target(arrival))
        name = arrival.path_params["name"]
        try:
            check_key(dialect(speaks), request.headers, desk.key, request.url)
        except Refusal as refusal:
            return sent(failed(dialect(speaks), refusal.error, desk.bends))
        if found := listing.model(name, speaks):
            return JSONResponse(found)
        return sent(failed(dialect(speaks), error("not_found", f"the model {name!r} does not exist", status=404)))

    return one_model
