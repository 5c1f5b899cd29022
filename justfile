# Short names for what CONTRIBUTING.md says.

default: check

install:
    uv sync

lint:
    uv run ruff check .
    uv run ruff format --check .
    uv run lint-imports

types:
    uv run mypy

test:
    uv run pytest

docs:
    uv run python scripts/write_table_reference.py

check: lint types test

screenshots:
    uv run python scripts/take_screenshots.py

example:
    uv run consult example
