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
    uv run python scripts/write_format_reference.py
    uv run python scripts/write_command_reference.py
    uv run python scripts/write_api_reference.py
    uv run python scripts/run_tutorial.py

texts:
    uv run python scripts/catalogues.py

site:
    uv run zensical build --strict --clean

check: lint types test

screenshots:
    uv run python scripts/take_screenshots.py

example:
    uv run consult example
