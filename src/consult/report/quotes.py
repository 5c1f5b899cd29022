"""Which words of respondents are shown for a theme or topic: verbatim, spread over types and languages, masked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from consult.report.withheld import instead, withheld_responses
from consult.study import Study
from consult.text.privacy import mask
from consult.translation import country_name, language_name, say

LONGEST = 420
"""A quote, or a name of an organisation, longer than this many characters is cut at a word, with the cut shown."""


@dataclass(frozen=True)
class Quote:
    """A passage with the words it is shown for, and where it comes from."""

    text: str
    evidence: tuple[int, int] | None
    language: str
    stakeholder_type: str
    organisation: str | None
    country: str | None
    reference: str
    response_id: str
    passage_id: str
    page: int | None
    document_id: str = ""
    start: int = 0

    @property
    def source_line(self) -> str:
        """Who says it and where it stands, as one line: `NGO, Belgium, response F529892, page 3, in French`."""
        from consult.report.words import shortened, type_name

        parts = [type_name(self.stakeholder_type)]
        if self.organisation:
            parts.append(shortened(self.organisation))
        if self.country:
            parts.append(country_name(self.country))
        parts.append(say("response {reference}", reference=self.reference))
        if self.page:
            parts.append(say("page {page}", page=self.page))
        parts.append(say("in {language}", language=language_name(self.language)))
        return ", ".join(parts)

    def shortened(self) -> str:
        """Return the quote cut to a readable length around its evidence; `[…]` marks each cut."""
        return "".join(self.parts())

    def parts(self) -> tuple[str, str, str]:
        """Return the shortened quote as what stands before its evidence, the evidence, and what stands after."""
        start, end = self._window()
        first, last = self.evidence or (end, end)
        if not self.text[first:last].strip():
            first = last = end
        before = f"{'[…] ' if start else ''}{self.text[start:first]}"
        after = f"{self.text[last:end]}{' […]' if end < len(self.text) else ''}"
        return before, self.text[first:last], after

    def _window(self) -> tuple[int, int]:
        """Return where the shortened quote starts and ends in the text: at words, with the evidence inside."""
        text = self.text
        if len(text) <= LONGEST:
            return 0, len(text)
        first, last = self.evidence or (0, 0)
        start = max(0, min(first - LONGEST // 3, len(text) - LONGEST))
        if start:
            space = text.find(" ", start)
            start = space + 1 if 0 <= space < first else start
        end = min(len(text), max(start + LONGEST, last))
        if end < len(text):
            space = text.rfind(" ", last, end)
            end = space if space > start else end
        return start, end


@dataclass(frozen=True)
class Quotable:
    """The tables that quotes are made from, joined once; `passages` says in `withheld` which are never quoted."""

    passages: pd.DataFrame
    taggings: pd.DataFrame
    topic_quotes: pd.DataFrame
    pages: pd.DataFrame

    @classmethod
    def from_study(cls, study: Study) -> Quotable:
        """Read what is needed from a study."""
        documents = study.read("documents", ["document_id", "response_id", "language", "attachment"])
        columns = ["response_id", "reference", "stakeholder_type", "organisation", "country", "source_row", "anonymous"]
        responses = study.read("responses", columns)
        # Whoever asked to stay anonymous is quoted without the organisation's name.
        responses = responses.assign(organisation=responses["organisation"].mask(responses["anonymous"]))
        responses = responses.drop(columns="anonymous")
        passages = (
            study.read("passages")
            .merge(documents, on="document_id")
            .merge(responses, on="response_id")
            .set_index("passage_id", drop=False)
        )
        passages = passages.assign(withheld=passages["response_id"].isin(withheld_responses(study)))
        return cls(passages, study.read("taggings"), study.read("topic_quotes"), study.read("pages"))

    def within(self, document_ids: Iterable[str], passage_topics: pd.DataFrame) -> Quotable:
        """
        Return what can be quoted from some documents only.

        The quotes picked for a topic when it was made come first; where they stand in other documents, the passages
        that fit the topic best follow, one a response.

        Args:
            document_ids: The documents.
            passage_topics: Table `passage_topics`.
        """
        inside = self.passages[self.passages["document_id"].isin(list(document_ids))]
        picked = self.topic_quotes[self.topic_quotes["passage_id"].isin(inside.index)]
        others = passage_topics[passage_topics["passage_id"].isin(inside.index)]
        others = others.sort_values(["strength", "passage_id"], ascending=[False, True])
        both = pd.concat([picked.sort_values("rank"), others[["topic_id", "passage_id"]]], ignore_index=True)
        both = both.assign(response_id=both["passage_id"].map(inside["response_id"]))
        both = both.drop_duplicates(["topic_id", "response_id"])
        ranked = both[["topic_id", "passage_id"]].assign(rank=both.groupby("topic_id").cumcount() + 1)
        return replace(
            self, taggings=self.taggings[self.taggings["passage_id"].isin(inside.index)], topic_quotes=ranked
        )

    def for_theme(self, theme_id: str, n: int = 3) -> list[Quote]:
        """Return up to n quotes for a theme: the surest first, then other types of respondent and languages."""
        chosen = self.taggings[self.taggings["theme_id"] == theme_id].sort_values(
            ["score", "passage_id", "start"], ascending=[False, True, True]
        )
        chosen = chosen.drop_duplicates("passage_id")
        joined = chosen.join(
            self.passages.loc[~self.passages["withheld"], ["stakeholder_type", "language", "text"]],
            on="passage_id",
            rsuffix="_passage",
        ).dropna(subset=["text"])
        joined["readable"] = joined["text"].str.len().between(60, LONGEST)
        joined = joined.sort_values(["readable", "score", "passage_id"], ascending=[False, False, True], kind="stable")
        rows = _spread(joined, n)
        return [
            self._quote(passage_id, (start, end))
            for passage_id, start, end in zip(rows["passage_id"], rows["start"], rows["end"], strict=True)
        ]

    def for_topic(self, topic_id: str, n: int = 3) -> list[Quote]:
        """Return up to n quotes for a topic, in the order of table `topic_quotes`."""
        rows = self.topic_quotes[self.topic_quotes["topic_id"] == topic_id].sort_values("rank")
        withheld = set(self.passages.index[self.passages["withheld"]])
        chosen = [passage_id for passage_id in rows["passage_id"] if passage_id not in withheld]
        return [self._quote(passage_id, None) for passage_id in chosen[:n]]

    def for_place(self, document_id: str, start: int, end: int) -> Quote | None:
        """Return the passage in which a place of a document lies, with the place as evidence; None if not to quote."""
        inside = self.passages[
            (self.passages["document_id"] == document_id)
            & (self.passages["start"] <= start)
            & (start < self.passages["end"])
            & ~self.passages["withheld"]
        ]
        if not len(inside):
            return None
        last = int(inside["end"].iloc[0])
        return self._quote(str(inside["passage_id"].iloc[0]), (start, min(end, last)))

    def for_passage(self, passage_id: str) -> Quote:
        """Return a passage as a quote; one that must not be published says so in place of its words."""
        return self._quote(passage_id, None)

    def _quote(self, passage_id: str, evidence: tuple[int, int] | None) -> Quote:
        row: Any = self.passages.loc[passage_id].to_dict()
        inside = None if evidence is None else (evidence[0] - int(row["start"]), evidence[1] - int(row["start"]))
        return Quote(
            text=instead() if row["withheld"] else mask(row["text"]),
            evidence=None if row["withheld"] else inside,
            language=row["language"],
            stakeholder_type=row["stakeholder_type"],
            organisation=_known(row["organisation"]),
            country=_known(row["country"]),
            reference=_known(row["reference"]) or say("in row {row}", row=row["source_row"]),
            response_id=row["response_id"],
            passage_id=passage_id,
            page=self._page(row["document_id"], int(row["start"])),
            document_id=row["document_id"],
            start=int(row["start"]),
        )

    def _page(self, document_id: str, start: int) -> int | None:
        if not len(self.pages):
            return None
        inside = self.pages[
            (self.pages["document_id"] == document_id) & (self.pages["start"] <= start) & (start < self.pages["end"])
        ]
        return int(inside["page"].iloc[0]) if len(inside) else None


def _known(value: object) -> str | None:
    return str(value) if isinstance(value, str) and value else None


def _spread(rows: pd.DataFrame, n: int) -> pd.DataFrame:
    """Take the first row, then rows of a type and language not taken yet, then rows of other responses."""
    taken: list[int] = []
    types: set[str] = set()
    languages: set[str] = set()
    responses: set[str] = set()
    texts: set[str] = set()
    for strict in (2, 1, 0):
        for position, row in enumerate(rows.to_dict("records")):
            if len(taken) == n:
                break
            new = (row["stakeholder_type"] not in types) + (row["language"] not in languages)
            if position in taken or row["response_id"] in responses or row["text"] in texts or new < strict:
                continue
            taken.append(position)
            types.add(row["stakeholder_type"])
            languages.add(row["language"])
            responses.add(row["response_id"])
            texts.add(row["text"])
    return rows.iloc[taken]
