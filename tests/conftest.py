"""What tests share: the real data where it is there, and a small study that ran all stages once."""

from __future__ import annotations

from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
SHARED = PROJECT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"the real consultations are not at {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def example_study(tmp_path_factory):
    """The shipped micro-credentials example, all stages run once for the whole suite."""
    import consult
    from consult.pipeline import example_sources

    sources, title = example_sources("microcredentials")
    return consult.run(sources, tmp_path_factory.mktemp("example") / "study", title=title)
