"""`python -m cardsharp`: the library's commands."""

from __future__ import annotations

import sys

from cardsharp.cli import main

if __name__ == "__main__":
    sys.exit(main())
