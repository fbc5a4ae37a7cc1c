"""The virtual provider: the server halves of all dialects behind real routes on this machine.

Rule of the folder: it checks what real vendors check and answers what the scenarios say; it never goes out itself.
Starlette and uvicorn are imported when one starts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.virtual.captured import Captured
from conformance.virtual.doorkeeper import VIRTUAL_KEY
from conformance.virtual.server import VirtualProvider, serve

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from conformance.deviating import Bend

__all__ = ["VIRTUAL_KEY", "Captured", "VirtualProvider", "app", "serve"]


def app(
    *, captured: Captured | None = None, gap: float = 0.0, key: str = VIRTUAL_KEY, bends: tuple[Bend, ...] = ()
) -> ASGIApp:
    """The ASGI application, for a server or a test client of your own.

    `captured` keeps the requests that arrive, `gap` is the pause in seconds before each frame of a stream, `bends` is
    what every answer undergoes. Below `/fault/<id>` stands all of it once more, with that fault.
    """
    from conformance.virtual.desk import Desk
    from conformance.virtual.routes import application
    from conformance.virtual.spoilt import Spoilt

    desk = Desk(Captured() if captured is None else captured, gap, key, bends)
    return Spoilt(application(desk), desk, application)
