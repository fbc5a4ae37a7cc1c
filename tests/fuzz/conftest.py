"""Lets the tests beside it import the target by name, as the fuzzer does."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
