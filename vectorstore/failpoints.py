"""Named places at which a process kills itself, for tests of what a kill there leaves behind.

They do nothing unless the environment names one: `OTR_FAILPOINT=records.after-batch`, or `…:3` for the third time that it is passed.
"""

import os
import signal

_armed: dict[str, int] = {}  # the name → how many times it is still passed


def arm(wanted: str) -> None:
    """Kill this process when the place `wanted` (`name` or `name:times`) is reached; an empty word disarms all."""
    _armed.clear()
    name, _, times = wanted.partition(":")
    if name:
        _armed[name] = int(times or 1)


def failpoint(name: str) -> None:
    """The place `name`. It returns at once, or never."""
    if name in _armed:
        _armed[name] -= 1
        if not _armed[name]:
            os.kill(os.getpid(), signal.SIGKILL)


arm(os.environ.get("OTR_FAILPOINT", ""))
