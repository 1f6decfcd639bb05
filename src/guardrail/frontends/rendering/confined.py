"""
What a rendering tool becomes out of: a process that has given up the network, and all but a share of the machine.

Run as `confined.py <bytes of memory> <seconds of processor time> <program> <argument>…`; nothing else of guardrail is
imported into it. Where a system cannot take something away, the clock of the parent is what is left.
"""

from __future__ import annotations

import os
import sys

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
"""Linux: a user namespace, in which anybody may have a network namespace, in which there is no network."""

_LARGEST_FILE = 64 << 20


def main(arguments: list[str]) -> None:
    """Become the program."""
    memory, seconds, *command = arguments
    confine(int(memory), int(seconds))
    os.execve(command[0], command, dict(os.environ))  # noqa: S606 - the program was looked up by its whole path


def confine(memory: int, seconds: int) -> None:
    """Give up the network, and cap memory, processor time and the size of files, as far as the system can."""
    _leave_network()
    try:
        import resource
    except ImportError:
        return
    limits = (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, _LARGEST_FILE),
        (resource.RLIMIT_AS, memory),
    )
    for kind, value in limits:
        _, hard = resource.getrlimit(kind)
        ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(kind, (ceiling, ceiling))
        except (ValueError, OSError):  # macOS knows RLIMIT_AS but refuses it
            continue


def _leave_network() -> None:
    if not sys.platform.startswith("linux"):
        return
    try:
        import ctypes

        ctypes.CDLL(None).unshare(_NEW_USER | _NEW_NETWORK)
    except (ImportError, OSError, AttributeError):  # a Python without it; its environment still leads nowhere
        return


if __name__ == "__main__":
    main(sys.argv[1:])
