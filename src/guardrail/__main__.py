"""The console script, and the one place that catches everything."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn


def entry() -> None:
    """Run the command line. Left alone, Python exits 1 on a bug, and 1 means `blocked`."""
    # One short process over bounded input, in frozen values that refer downwards: there are hardly any cycles to find.
    # Measured on 10,000 resources: the same peak memory, and a quarter less time.
    gc.disable()
    try:
        _end(_run())
    except Exception as error:  # noqa: BLE001 - the outermost frame: whatever comes here is a bug of ours
        _report_bug(error)


def _run() -> object:
    """Run the command line and return what it would exit with."""
    from guardrail.cli.main import main

    try:
        main.main(prog_name="guardrail")
    except SystemExit as leaving:
        return leaving.code
    return None


def _end(code: object) -> NoReturn:
    """
    End here, without taking apart what is in memory.

    Freeing the values of 10,000 resources one by one takes 0.15 s of a check of 2 s, and the modules of a small one
    0.02 of 0.25. All files are closed by now and the worker has ended; what is printed is flushed.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    if isinstance(code, int):
        os._exit(code)
    sys.exit(str(code) if code else 0)  # a message is for the interpreter to print


def _report_bug(error: Exception) -> None:
    import traceback

    from guardrail import __version__
    from guardrail.errors import Exit

    traceback.print_exception(error)
    print(  # noqa: T201 - the reporters may be what failed
        f"\nThis is a bug in guardrail {__version__}, not in your files; nothing was judged.\n"
        "Please report it with the lines above and the command: https://github.com/guardrail-iac/guardrail/issues",
        file=sys.stderr,
    )
    sys.exit(Exit.BUG)


if __name__ == "__main__":
    entry()
