"""What all pages on a study have in common: title, the study's name, and messages where something is missing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Literal

from consult.dashboard import reading
from consult.dashboard.links import current_study, page_link
from consult.dashboard.loaders import Loaded, load
from consult.errors import UserError
from consult.translation import say


def study_page(title: str, lead: str) -> Callable[[Callable[[Loaded], None]], Callable[[], None]]:
    """
    Make a page of a function that shows a study.

    Without a study, or with one that holds no responses, the page says so and leads to the start. A fault
    of the input or the filters is shown as the message it is.

    Args:
        title: The page's title.
        lead: One sentence on what the page is for.
    """

    def wrap(render: Callable[[Loaded], None]) -> Callable[[], None]:
        @wraps(render)
        def shown() -> None:
            reading.title(say(title))
            try:
                study = current_study()
                if study is None:
                    _nothing(say("No study is open."), say(lead))
                    return
                loaded = load(study)
                if not loaded.corpus.n_responses:
                    _nothing(say("The study that is open holds no responses yet."), say(lead))
                    return
                reading.line(f"{loaded.title}. {say(lead)}")
                render(loaded)
            except UserError as error:
                reading.line(str(error), kind="problem")

        return shown

    return wrap


def missing(stage: Literal["tag", "topics"]) -> None:
    """Say that a stage has not run yet."""
    themes = say("Themes have not been looked for in this study yet. Run it again on the page Start (tag).")
    topics = say("Topics have not been looked for in this study yet. Run it again on the page Start (topics).")
    reading.line(themes if stage == "tag" else topics)


def _nothing(found: str, lead: str) -> None:
    reading.line(lead)
    todo = say("Open one, open the example, or upload files on the page Start.")
    reading.line(f"{found} {todo}", kind="problem")
    page_link("start", say("Go to Start"), {}, icon=":material/home:")
