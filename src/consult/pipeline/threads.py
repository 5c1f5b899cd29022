"""Sums in a fixed order, whatever the number of cores."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module


@contextmanager
def one_thread(*libraries: str) -> Iterator[None]:
    """
    Let matrix products use one thread, so that sums are taken in the same order whatever the number of cores.

    Where work is split over cores, as in embedding, it is split by hand.

    Args:
        libraries: Modules that do the sums. Only libraries that are loaded can be limited, so they are loaded first.
    """
    from threadpoolctl import threadpool_limits

    for library in libraries:
        import_module(library)
    with threadpool_limits(1):
        yield
