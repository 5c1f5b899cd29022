"""Read a public consultation: what was raised, by whom, how often, in whose words, and what was not."""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"
__all__ = ["Options", "Study", "UserError", "run", "run_stage"]

_HOMES = {
    "Options": "consult.pipeline",
    "Study": "consult.study",
    "UserError": "consult.errors",
    "run": "consult.pipeline",
    "run_stage": "consult.pipeline",
}


def __getattr__(name: str) -> Any:
    """Import the public names when they are first used, so that `import consult` stays light."""
    if name not in _HOMES:
        message = f"module 'consult' has no attribute '{name}'"
        raise AttributeError(message)
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
