"""Method: how every number here came about, and what its limits are."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from consult import measures
from consult.dashboard import help as helps
from consult.dashboard import reading, words
from consult.dashboard.downloads import csv_bytes, download
from consult.dashboard.frame import study_page
from consult.dashboard.help import NOT_A_SURVEY
from consult.dashboard.loaders import Loaded
from consult.dashboard.running import STAGE_WORDS
from consult.translation import decimal, later, number, say, say_n

STEPS = {
    later("Reading"): (
        later("Every row of every source becomes a response, or is set aside with a reason. Answers are kept as given.")
    ),
    later("Texts"): later(
        "Letters that were garbled are repaired where that is certain. The language is found from the text. Texts are "
        "cut into passages of one to three sentences."
    ),
    later("Campaigns"): later(
        "Texts that share most of their runs of words are put together. Similarity is checked exactly, not estimated."
    ),
    later("Topics"): later(
        "Each passage is turned into numbers by a model for many languages that runs on this computer; passages close "
        "to each other are grouped (BERTopic). Labels are made from words that set a group apart. Nobody chose them."
    ),
    later("Themes"): later(
        "A codebook written by people says what each theme is. A passage gets a theme by the codebook's phrases in its "
        "language, or by likeness to the codebook's examples. The words it rests on are kept and marked."
    ),
    later("Counting"): later(
        "A response mentions a theme or topic when at least one of its passages does. Shares are shares of responses, "
        "with Wilson's 95 % interval. Differences between groups are tested and corrected for their number."
    ),
}
LIMITS = (
    NOT_A_SURVEY,
    later("A theme that is not found may still be meant: people say things in words that no codebook foresees."),
    later("A topic is an aid for reading. Other settings would give somewhat different topics."),
    later(
        "Names of persons in running text are not masked, since they cannot be told from other words with certainty."
    ),
)


@study_page(later("Method"), later("How every number here came about, and what its limits are."))
def method_page(loaded: Loaded) -> None:
    """Show how the study was made."""
    reading.line(measures.select(loaded.corpus).showing(), kind="showing")
    reading.heading(say("From the file to the number"))
    reading.facts([(say(name), say(told)) for name, told in STEPS.items()])
    reading.heading(say("Limits"))
    reading.bullets([say(limit) for limit in LIMITS])
    _accounts(loaded)
    _runs(loaded)
    _aside(loaded)
    reading.heading(say("How claims get their words"))
    reading.bullets(measures.rules())


def _accounts(loaded: Loaded) -> None:
    reading.heading(say("Does everything add up?"))
    sources = loaded.table("sources")
    shown = pd.DataFrame(
        {
            say("File"): sources["name"],
            say("Format"): [words.source_format(str(name)) for name in sources["format"]],
            say("Rows"): [number(n) for n in sources["n_rows"]],
            say("Responses"): [number(n) for n in sources["n_responses"]],
            say("Set aside"): [number(n) for n in sources["n_set_aside"]],
            say("SHA-256 of the file"): sources["sha256"].str[:16] + "…",
        }
    )
    reading.table(
        shown,
        say("Sources: rows are responses plus what was set aside"),
        numbers=(say("Rows"), say("Responses"), say("Set aside")),
    )


def _runs(loaded: Loaded) -> None:
    reading.heading(say("What was run?"))
    records = [record for record in loaded.study.runs() if "stage" in record]
    if not records:
        reading.line(say("No stage has been logged in this study."))
        return
    shown = pd.DataFrame(
        {
            say("Stage"): [say(STAGE_WORDS.get(r["stage"], r["stage"])) for r in records],
            say("Ended (UTC)"): [str(r.get("ended", "")).replace("T", " ").removesuffix("+00:00") for r in records],
            say("Seconds"): [decimal(r.get("seconds", 0)) for r in records],
            say("Rows out"): [_told({k: number(n) for k, n in r.get("counts", {}).items()}) for r in records],
            say("Options"): [_told(r.get("options", {})) or say("none") for r in records],
        }
    )
    reading.table(shown, say("Stages, in the order they ran"), numbers=(say("Seconds"),))
    versions = records[-1].get("versions", {})
    if versions:
        reading.facts([(say("Versions"), _told(versions))])
    notes = [note for record in records for note in record.get("notes", [])]
    if notes:
        reading.heading(say("What was noticed while reading"), level=3)
        reading.bullets([words.with_titles(note) for note in dict.fromkeys(notes)])


def _told(values: dict[str, Any]) -> str:
    """Return names and values in words; what was not given is left out."""
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in values.items() if value is not None)


def _aside(loaded: Loaded) -> None:
    reading.heading(say("What was set aside?"))
    reading.line(helps.text("set_aside"))
    aside = loaded.table("set_aside")
    if not len(aside):
        reading.line(say("Nothing was set aside."))
        return
    reading.line(say_n("{n} item in all.", "{n} items in all.", len(aside)))
    with st.expander(say("Read the list"), expanded=len(aside) <= 20):
        listed = aside.head(200)
        names = loaded.table("sources").set_index("source_id")["name"]
        table = pd.DataFrame(
            {
                say("When"): [say(words.STAGES.get(str(stage), str(stage))) for stage in listed["stage"]],
                say("File"): [str(names.get(source, "")) for source in listed["source_id"]],
                say("Row"): [f"{int(row):,}" if pd.notna(row) else "" for row in listed["source_row"]],
                say("What"): [_what(str(item)) for item in listed["item"]],
                say("Why"): listed["reason"],
            }
        )
        reading.table(table, say("Set aside, with the reason"), numbers=(say("Row"),))
    download(
        say("CSV of all that was set aside"), lambda: csv_bytes(aside), "set-aside.csv", "text/csv", "method_aside"
    )


def _what(item: str) -> str:
    """Return what was set aside; ids that stand for a text say nothing to a reader."""
    return say("a text") if item.startswith("d-") else item
