"""The rules of openai-chat: one book, written in the modules beside this one.

Rule of the file: importing the modules declares their rules; the order here is the order of reports.
"""

from __future__ import annotations

from conformance.rulebook import Rulebook

BOOK = Rulebook("openai-chat")
