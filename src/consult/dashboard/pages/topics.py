"""Topics: what the machine put together, in whose words, and by whom."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from consult import measures
from consult.dashboard import figures, passage_map, reading, words
from consult.dashboard import help as helps
from consult.dashboard.behind import behind
from consult.dashboard.filters import filter_bar
from consult.dashboard.frame import missing, study_page
from consult.dashboard.links import from_address, keep_in_address
from consult.dashboard.loaders import Loaded
from consult.dashboard.over_time import over_time
from consult.dashboard.topic_edits import edit_section
from consult.dashboard.tree import in_tree, indented
from consult.pipeline import FOUND_TOPICS
from consult.report.withheld import instead, withheld_glosses
from consult.topics import CLEAR, is_fleeting
from consult.translation import later, number, say, say_n

TERMS, FEW_TERMS = 10, 5
MANY = 15
"""With more topics than these, the narrower ones are drawn when a reader asks for them."""
AS_FOUND = "found"
STRENGTHS: dict[str, str] = {
    "0.75": later("only the clearest cases"),
    str(CLEAR): later("clear cases"),
    AS_FOUND: later("as found"),
    "0": later("everything"),
}
HOW_STRONG = later(
    "A passage can lie near the middle of its topic or at its edge. Counting only clear cases gives smaller, purer "
    "topics; counting everything gives every passage its nearest topic. Where the order of the topics changes with it, "
    "do not lean on that order."
)


@study_page(later("Topics"), later("Groups of passages that the machine put together, whatever the language."))
def topics_page(loaded: Loaded) -> None:
    """Show the topics of a study."""
    selection = filter_bar(loaded.corpus)
    loaded = _at_strength(loaded)
    measure = loaded.counted("topics", selection, lambda: measures.topic_shares(loaded.corpus, selection))
    if not len(measure.table):
        missing("topics")
        return
    labels = words.labels("", dict(zip(measure.table["key"], measure.table["label"], strict=True)))
    given = from_address("topic")
    if given in labels and "topics_open" not in st.session_state:
        st.session_state["topics_open"] = given
    measure, depths = in_tree(measure)
    undrawn = _narrower(depths)
    opened = figures.figure(
        measure, say("Which share of responses touches each topic?"), key="topics", labels=labels, limit=40,
        open_label=say("Open a topic"), remarks=(helps.text("topic"),), depths=depths, undrawn=undrawn,
    )  # fmt: skip
    keep_in_address(topic=opened or None)
    if opened:
        _one(loaded, measure, opened, labels)
    _all(loaded, measure, labels, depths)
    _outliers(loaded)
    _map(loaded, selection)
    edit_section(loaded, labels, opened)


def _narrower(depths: dict[str, int]) -> list[str]:
    """Return the narrower topics where they would crowd the figure, unless the reader wants them drawn."""
    narrower = [key for key, depth in depths.items() if depth]
    if not narrower or len(depths) <= MANY:
        return []
    told = say_n("Draw the {n} narrower topic too", "Draw the {n} narrower topics too", len(narrower))
    return [] if st.toggle(told, key="topics_narrower") else narrower


def _at_strength(loaded: Loaded) -> Loaded:
    """Return the study with its topics as strictly held as the reader wishes; nothing is written."""
    if not loaded.study.model_path(FOUND_TOPICS).exists():
        return loaded
    chosen = st.radio(
        say("Which passages count for a topic"), list(STRENGTHS), list(STRENGTHS).index(AS_FOUND), horizontal=True,
        key="topics_strength",
        format_func=lambda strength: say(STRENGTHS[strength]), help=say(HOW_STRONG),
    )  # fmt: skip
    if chosen == AS_FOUND:
        return loaded
    told = say("This holds for the figures of this page only; other pages and reports count topics as they were found.")
    reading.line(told, kind="small")
    return replace(loaded, strength=float(chosen))


def _all(loaded: Loaded, measure: measures.Measure, labels: dict[str, str], depths: dict[str, int]) -> None:
    """Show each topic with the words that set it apart and how often it was found again."""
    reading.heading(say("What are the topics about, and how steady are they?"))
    terms = loaded.table("topic_terms").sort_values(["topic_id", "rank"])
    strongest = terms.groupby("topic_id")["term"].agg(lambda found: ", ".join(found.head(FEW_TERMS)))
    keys, names = list(measure.table["key"]), indented(labels, depths)
    shown = pd.DataFrame(
        {
            say("Topic"): [names[key] for key in keys],
            say("Responses"): [number(n) for n in measure.table["n"]],
            say("Steadiness"): [found_again(loaded.table("topic_details"), key) or say("not measured") for key in keys],
            say("Words that set it apart"): [str(strongest.get(key, "")) for key in keys],
        }
    )
    below = " " + say("Topics marked ↳ are part of the topic above them.") if any(depths.values()) else ""
    reading.table(shown, say("Topics, those touched by most responses first.") + below, numbers=(say("Responses"),))
    reading.line(helps.text("found_again"), kind="small")


def found_again(details: pd.DataFrame, topic_id: str) -> str:
    """Return in words how often a topic came out of repeats, empty where that was not measured."""
    rows = details[(details["topic_id"] == topic_id) & details["found_in"].notna() & details["n_runs"].notna()]
    if not len(rows):
        return ""
    again, repeats = int(rows["found_in"].iloc[0]), int(rows["n_runs"].iloc[0])
    if is_fleeting(again, repeats):
        return say("found again in only {n} of {of} repeats: use with caution", n=again, of=repeats)
    return say("found again in {n} of {of} repeats", n=again, of=repeats)


def _one(loaded: Loaded, measure: measures.Measure, topic_id: str, labels: dict[str, str]) -> None:
    behind(loaded, measure, topic_id, labels[topic_id], key_of_widgets="topics_one")
    details = loaded.table("topic_details").set_index("topic_id")
    facts = []
    terms = loaded.table("topic_terms")
    strongest = terms[terms["topic_id"] == topic_id].sort_values("rank")["term"].head(TERMS)
    if len(strongest):
        facts.append((say("Words that set it apart"), ", ".join(strongest)))
    if topic_id in details.index:
        row: Any = details.loc[topic_id]
        if row["gloss"]:
            gloss = str(row["gloss"])
            gloss = instead() if withheld_glosses(loaded.study, [gloss]) else gloss
            facts.append((say("Sentence closest to its middle"), gloss))
    if again := found_again(loaded.table("topic_details"), topic_id):
        facts.append((say("Steadiness"), again))
    topics = loaded.table("topics").set_index("topic_id")
    parent = topics["parent_id"].get(topic_id)
    if isinstance(parent, str) and parent in labels:
        facts.append((say("Part of"), labels[parent]))
    reading.facts(facts)
    cross = measures.crosstab(
        loaded.corpus, "stakeholder_type", columns="topics", selection=measure.selection, keys=(topic_id,)
    )
    by_type = figures.of_groups(cross, topic_id)
    groups = words.labels("stakeholder_type", dict(zip(by_type.table["key"], by_type.table["label"], strict=True)))
    few, told = figures.too_few(by_type, groups)
    opened = figures.figure(
        by_type, say("Who touches “{topic}”?", topic=labels[topic_id]), key=f"topics_type_{topic_id}", labels=groups,
        level=3, undrawn=few, remarks=told,
    )  # fmt: skip
    if opened:
        behind(loaded, cross, topic_id, f"{labels[topic_id]}: {groups[opened]}", key_of_widgets="topics_type",
               group=opened)  # fmt: skip
    over_time(loaded, "topics", topic_id, labels[topic_id], measure.selection)


def _outliers(loaded: Loaded) -> None:
    topics = loaded.table("topics")
    outside = topics[topics["is_outlier"]]
    for n in outside["n_passages"]:
        told = say_n(
            "{n} passage fits no topic. It is in no bar above and can be read among the responses.",
            "{n} passages fit no topic. They are in no bar above and can be read among the responses.",
            int(n),
        )
        reading.line(told, kind="small")


def _map(loaded: Loaded, selection: measures.Selection) -> None:
    if not len(loaded.table("passage_positions")):
        return
    reading.heading(say("How do the passages lie to each other?"))
    if not st.toggle(say("Show the map of passages"), key="topics_map_on", help=helps.text("map")):
        return
    colour = st.radio(
        say("Colour by"), list(passage_map.COLOURS), key="topics_map_by", horizontal=True,
        format_func=lambda key: say(passage_map.COLOURS[key]),
    )  # fmt: skip
    points = passage_map.points(loaded, measures.responses_with(loaded.corpus, selection), colour)
    chosen = passage_map.show(points, key="topics_map")
    reading.line(helps.text("map"), kind="small")
    if chosen:
        reading.heading(say_n("{n} passage chosen", "{n} passages chosen", len(chosen)), level=3)
        reading.show_quotes([loaded.quotable.for_passage(p) for p in chosen[: passage_map.READ]])
        if len(chosen) > passage_map.READ:
            reading.line(
                say("The first {n} are shown; draw around fewer to read them all.", n=passage_map.READ), kind="small"
            )
