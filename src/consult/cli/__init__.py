"""The commands: one thin command a stage. Data goes to standard output, progress to standard error."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence

INTERRUPTED = 130
COMMAND_MODULES = ("commands", "topic_editing", "analysis", "evaluating", "coding", "fetching", "codebook")
"""Each registers its commands with the app when imported; the help lists them in this order."""


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run one command and return its exit code: 0 done, 1 the input or study is at fault, 2 wrong usage.

    Interrupted by Ctrl-C, the study keeps its last complete state, and the same command resumes.
    """
    from importlib import import_module

    from typer import Abort, Exit, TyperException

    from consult.cli.application import app
    from consult.errors import UserError

    for name in COMMAND_MODULES:
        import_module(f"consult.cli.{name}")

    try:
        code = app(args=arguments, prog_name="consult", standalone_mode=False)
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except (KeyboardInterrupt, Abort):
        sys.stderr.write("\nStopped. What was finished is kept; the same command goes on from there.\n")
        return INTERRUPTED
    except Exit as end:
        return int(end.exit_code)
    except TyperException as error:
        show = getattr(error, "show", None)
        if show is None:
            sys.stderr.write(f"Error: {error.format_message()}\n")
        else:
            show()
        return 2
    return code if isinstance(code, int) else 0


def run_main() -> None:
    """Entry point of the command `consult`."""
    # A codebook is tens of thousands of small objects that all stay: looking for garbage among them every 700 new
    # ones takes a sixth of the time of a short command.
    gc.set_threshold(100_000, 20, 20)
    code = main()
    gc.freeze()  # or all that is about to go is searched once more on the way out: up to half a second
    sys.exit(code)
