"""What the tests of calls share: servers that behave as badly as they are told to.

Rule of the file: what they are stands in `tests/sockets`, for the tests of other rooms need them too.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "sockets"))

from raw_sockets import behaving, self_signed

__all__ = ["behaving", "self_signed"]
