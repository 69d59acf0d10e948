"""How much memory a process has, as the system sees it."""

from __future__ import annotations

from pathlib import Path


def resident_kb(pid: int | str = "self") -> int:
    """The pages of the process that are in memory, in kB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
