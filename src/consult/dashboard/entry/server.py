"""
Streamlit's own server, which reads the study while it starts, so that the first visitor need not wait for it.

`python -m consult.dashboard.entry.server run …` takes what `streamlit run …` takes.
"""

from __future__ import annotations

import logging
import os
import threading

from consult.cli.serving import STUDY
from consult.errors import UserError
from consult.study import Study

EXPECTED = ("No runtime found", "missing ScriptRunContext")
"""What Streamlit warns of where something is read before anybody is there to see a spinner."""


def serve() -> None:
    """Start the server; the pages' code is loaded first, and the study meanwhile."""
    for name in ("scriptrunner_utils.script_run_context", "caching.cache_data_api"):
        logging.getLogger(f"streamlit.runtime.{name}").addFilter(_unexpected)
    from streamlit.web.cli import main

    from consult.dashboard import router  # noqa: F401

    if os.environ.get(STUDY):
        threading.Thread(target=read_study, args=(os.environ[STUDY],), daemon=True).start()
    main()


def read_study(folder: str) -> None:
    """Read of a study what its first page shows, into the memory that all visitors share."""
    import altair  # noqa: F401, ICN001 (what charts are drawn with, too)

    from consult import measures
    from consult.dashboard.loaders import load

    try:
        loaded = load(Study.open(folder))
        if loaded.corpus.n_responses:
            loaded.overview(measures.Selection())
    except UserError:
        return  # the first page says what is wrong


def _unexpected(record: logging.LogRecord) -> bool:
    return not any(words in record.getMessage() for words in EXPECTED)


if __name__ == "__main__":
    serve()
