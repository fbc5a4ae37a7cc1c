"""Rules about the characters of an answer: text that was read in the wrong encoding on its way, or escaped once more.

Rule of the file: what stands in the request too is quoted, not broken.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from conformance.model import Done
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("universal: characters")

_MISREAD = re.compile(
    "[\u00c2-\u00f4][\u0080-\u0084\u0086-\u009f]"  # Latin-1: a lead byte before a control that no text holds
    "|[\u00c2\u00c3][\u00a0-\u00ba\u00bc-\u00bf]"  # both: Â or Ã before a sign (» apart, which closes a quotation)
    "|\u00c3[\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u2030\u2039\u2026\u2020\u2021]"  # cp1252: Ã before a sign
    "|[\ud800-\udfff]"  # half of a character beyond U+FFFF
    "|\u00e2\u20ac|\u00e2\u0080|\u00f0\u0178|\ufffd"  # quotes and dashes, emoji, the replacement character itself
)


@BOOK.rule(
    "GN-28",
    "MUST",
    Scope.ANSWER,
    "RFC 8259 section 8.1; WHATWG HTML 9.2.5: both are UTF-8, whatever the label says",
    good='"Grüße, 東京"',
    bad='"GrÃ¼Ã\u009fe", or "Gr\ufffd\ufffde"',
    why="every letter beyond ASCII is wrong on the screen, in the store and in the next turn's history",
)
def characters_are_whole(reading: Reading) -> Iterator[Violation]:
    """The text of an answer holds no UTF-8 that was read as Latin-1, no half of a character, and no
    replacement character."""
    last = reading.events[-1] if reading.events else None
    if not isinstance(last, Done):
        return
    told = (last.reply.text, last.reply.thinking, *(call.arguments for call in last.reply.tool_calls))
    for text in told:
        if not text.isascii() and (found := _MISREAD.search(text)) and not _quoted(found.group(), reading):
            at = found.start()
            yield Violation(
                "the text was read in the wrong encoding", None, None, None, text[max(0, at - 10) : at + 30]
            )
            return


_ESCAPED = re.compile(
    r"\\u(?!00[0-7])[0-9a-fA-F]{4}"  # beyond ASCII: nobody writes a letter so but a serializer
    r"|&(?:#\d{2,6}|#x[0-9a-fA-F]{2,5}|quot|apos|amp|lt|gt);"
)
_LINE_ENDS = re.compile(r"\\n(?![a-z])")
_SPEAKS_OF_CODE = re.compile(rb"escap|unicode|html|xml|json|regex|code|script|backslash|entit", re.IGNORECASE)


@BOOK.rule(
    "GN-37",
    "SHOULD",
    Scope.ANSWER,
    "RFC 8259 section 7: a string stands for its characters, escaped once; a text may speak of escapes, hence no MUST",
    good='"Gr\\u00fc\\u00dfe" in the JSON, which is Grüße',
    bad='"Gr\\\\u00fc\\\\u00dfe" in the JSON; or "it&#39;s"',
    why="users read backslashes and numbers in place of letters, and the next turn's history brings them back",
)
def text_is_escaped_once(reading: Reading) -> Iterator[Violation]:
    """The text of an answer holds no escapes of JSON or HTML, unless it is code or the request speaks of such."""
    last = reading.events[-1] if reading.events else None
    text = last.reply.text if isinstance(last, Done) else ""
    if ("\\" not in text and "&" not in text) or "`" in text or text.lstrip()[:1] in ("{", "[", "<"):
        return
    if _SPEAKS_OF_CODE.search(reading.exchange.request.body):
        return
    found = _ESCAPED.search(text) or (None if "\n" in text else _LINE_ENDS.search(text))
    if found and not _quoted(found.group(), reading):
        yield Violation("the text is escaped twice", None, None, None, text[max(0, found.start() - 20) : found.end()])


def _quoted(text: str, reading: Reading) -> bool:
    body = reading.exchange.request.body
    return text.encode(errors="surrogatepass") in body or json.dumps(text)[1:-1].encode() in body
