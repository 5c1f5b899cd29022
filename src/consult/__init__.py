"""Read a public consultation: what was raised, by whom, how often, in whose words, and what was not."""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"
__all__ = [
    "Options",
    "Study",
    "UserError",
    "charts",
    "example_sources",
    "measures",
    "report",
    "run",
    "run_from_package",
    "run_stage",
]

_HOMES = {
    "Options": "consult.pipeline",
    "Study": "consult.study",
    "UserError": "consult.errors",
    "example_sources": "consult.pipeline",
    "run": "consult.pipeline",
    "run_from_package": "consult.pipeline",
    "run_stage": "consult.pipeline",
}
_PARTS = ("charts", "measures", "report")


def __getattr__(name: str) -> Any:
    """Import the public names when they are first used, so that `import consult` stays light."""
    from importlib import import_module

    if name in _PARTS:
        return import_module(f"consult.{name}")
    if name not in _HOMES:
        message = f"module 'consult' has no attribute '{name}'"
        raise AttributeError(message)
    return getattr(import_module(_HOMES[name]), name)
