"""Endpoint checks: what an operator asks of a live server, whatever it is, and what it owes.

Rule of the room: every question is sent once; suites share exchanges through the session. Judging is the rulebook's,
and beside it stand the promises that only a live server can break.
"""

from __future__ import annotations
