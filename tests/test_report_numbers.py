"""No number stands in a report that is not in a measure, and no quote that is not at its reference."""

from __future__ import annotations

import re

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from consult import measures
from consult.errors import UserError
from consult.report.behind import behind
from consult.report.blocks import Bullets, Paragraph, Quoted, Table
from consult.report.claims import check_all
from consult.report.content import build
from consult.report.own_text import in_own_text
from consult.report.sections.sheet import sheet
from consult.report.words import number, percent
from consult.study import Study
from consult.text.privacy import mask
from measures_study import CLOSED, document, response, tables, tagging

NUMBER = re.compile(r"(?<![\w.-])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?: %)?(?![\w-])")


def blocks(sections):
    for section in sections:
        yield from section.blocks
        yield from blocks(section.sections)


def said(content):
    """Everything that the report says in words of its own, quotes left out."""
    yield content.lead
    for block in blocks(content.sections):
        if isinstance(block, Paragraph):
            yield block.text
        elif isinstance(block, Bullets):
            yield from block.items
        elif isinstance(block, Table):
            yield block.caption
            for row in block.rows:
                yield from row


def given_texts(study):
    """Texts that came in: titles, questions, answers, labels, definitions, names of files, reasons."""
    found = set()
    columns = {
        "consultations": ["title"], "questions": ["text"], "themes": ["name", "definition", "theme_id"],
        "topics": ["label", "topic_id"], "sources": ["name", "format", "sha256"], "campaigns": ["campaign_id"],
        "topic_terms": ["term"], "set_aside": ["reason"],
    }  # fmt: skip
    for name, wanted in columns.items():
        for column in wanted:
            found |= set(study.read(name)[column].dropna().astype(str))
    found |= {text[:16] for text in study.read("sources")["sha256"]}
    for text in study.read("questions")["text"]:
        stem, _, item = text.rpartition(": ")
        found |= {stem, item}
    answers, questions = study.read("answers"), study.read("questions")
    closed = questions.loc[questions["kind"] == "closed", "question_id"]
    found |= set(answers.loc[answers["question_id"].isin(closed), "text"])
    found |= {part.strip() for text in found for part in text.split(";")}
    return sorted((text for text in found if re.search(r"\d", text)), key=len, reverse=True)


def shown(table):
    """How the numbers of a table are written."""
    for column in ("n", "N", "rest_n", "rest_N", "n_responses", "n_documents"):
        if column in table.columns:
            yield from map(number, table[column].dropna())
    for column in ("share", "low", "high", "rest_share"):
        if column in table.columns:
            yield from map(percent, table[column].dropna())


def counted(study):  # noqa: C901
    """Every number that a measure of the study gives, as it is written."""
    corpus = measures.Corpus.from_study(study)
    overview = measures.overview(corpus)
    found = set()
    for measure in (overview.by_type, overview.by_country, overview.by_language, overview.by_day, overview.themes):
        found |= set(shown(measure.table))
        found |= (
            {number(measure.table["n"].iloc[15:].sum()), number(len(measure.table))} if len(measure.table) else set()
        )
        found.add(number(max(len(measure.table) - 15, 0)))
    found |= set(shown(overview.topics.table)) | set(shown(overview.quality)) | set(shown(overview.campaigns))
    found |= set(map(number, overview.views["n"])) | set(NUMBER.findall(" ".join(overview.quality["label"])))
    found |= {number(len(overview.campaigns)), number((overview.campaigns["n_responses"] >= 10).sum())}
    for what, carried in (("themes", corpus.themes), ("topics", corpus.topics)):
        if len(carried):
            found |= set(shown(measures.three_views(lambda s, what=what: measures.shares(corpus, what, s))))
    if len(corpus.themes):
        found |= set(shown(measures.crosstab(corpus, "stakeholder_type", "themes").table))
        for theme in corpus.themes["theme_id"]:
            found |= set(shown(measures.theme_gaps(corpus, theme).table))
    found |= set(shown(measures.respondent_shares(corpus, "registered").table))
    asked = measures.question_gaps(corpus)
    found |= set(shown(asked)) | set(map(number, asked["number"]))
    for key, kind, n in zip(asked["question_id"], asked["kind"], asked["n"], strict=True):
        if n and kind == "closed":
            found |= set(shown(measures.closed_answers(corpus, key).table))
            found |= set(re.findall(r"\d+", " ".join(measures.closed_answers(corpus, key).table["label"])))
        elif n and kind == "open":
            for what in ("themes", "topics"):
                if len(getattr(corpus, what)):
                    found |= set(shown(measures.shares(corpus, what, measures.Selection(question_id=(key,))).table))
    for one in check_all(study):
        if one.result is not None:
            found |= set(shown(one.result.views))
            found |= set(NUMBER.findall(one.result.verdict))
            for table in one.result.by.values():
                found |= set(shown(table))
            own = in_own_text(study, one.result.claim.query)
            found |= {number(own.n), number(own.of)} | set(NUMBER.findall(own.words)) if own else set()
    for caveat in overview.caveats:
        found |= {number(v) for v in (caveat.n, caveat.of) if v is not None} | set(NUMBER.findall(caveat.text))
    kinds = corpus.questions["kind"].value_counts()
    found |= {number(v) for v in (corpus.n_responses, len(corpus.documents), len(corpus.passages), *kinds)}
    for name in ("n_rows", "n_responses", "n_set_aside"):
        found |= set(map(number, study.read("sources")[name]))
    aside = study.read("set_aside").groupby(["stage", "reason"]).size()
    found |= set(map(number, aside))
    return found


def rules():
    """Numbers of the rules themselves: limits, levels of intervals."""
    return set(NUMBER.findall(" ".join(measures.rules()))) | {"95 %", "30"}


@pytest.fixture(scope="module")
def known(example_study):
    return counted(example_study)


def strangers(study, content, known):
    known, texts = known | rules(), given_texts(study)
    dates = re.compile(
        r"\b\d{2}\.\d{2}\.\d{4}\b|\b\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2})?|\bversion \d+\b|\b\d+\.\d+\.\d+\S*"
    )
    found = []
    for text in said(content):
        bare = text.replace("\u00a0", " ")
        for given_text in texts:
            bare = bare.replace(given_text, "")
        bare = dates.sub("", bare)
        found += [(n, text) for n in NUMBER.findall(bare) if n not in known]
    return found


def test_every_number_of_the_report_is_in_a_measure(example_study, example_content, known):
    runs = {f"{run['seconds']:,.1f}" for run in example_study.runs() if "seconds" in run}
    assert [(n, text) for n, text in strangers(example_study, example_content, known) if n not in runs] == []
    assert sum(len(NUMBER.findall(text)) for text in said(example_content)) > 1000


def test_every_number_of_a_sheet_is_in_a_measure(example_study, known):
    for theme in example_study.read("themes")["theme_id"].head(6):
        assert strangers(example_study, sheet(example_study, theme), known) == []


answer = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["citizen_eu", "ngo", "company"]),
        "country": st.sampled_from(["DE", "FR", None]),
        "themes": st.sets(st.sampled_from(["access", "roma", "money"])),
        "closed": st.sampled_from(["Yes", "No", "5 - Much", None]),
        "withheld": st.booleans(),
    }
)


def made(folder, rows):
    """Write a study of drawn responses."""
    keys = [str(i) for i in range(len(rows))]
    documents = [document(k, k, text=f"What number {k} says, in words of its own.") for k in keys]
    study = Study.create(folder)
    study.write(
        tables(
            responses=[
                response(
                    k, stakeholder_type=row["type"], country=row["country"], reference=f"R{k}", source_row=int(k) + 1
                )
                for k, row in zip(keys, rows, strict=True)
            ],
            documents=documents,
            passages=[
                {"passage_id": f"p-{k}", "document_id": f"d-{k}", "start": 0, "end": len(d["text"]), "text": d["text"]}
                for k, d in zip(keys, documents, strict=True)
            ],
            answers=[
                {"response_id": f"r-{k}", "question_id": CLOSED, "text": row["closed"]}
                for k, row in zip(keys, rows, strict=True)
                if row["closed"]
            ],
            taggings=[
                tagging(k, t, k, end=4) for k, row in zip(keys, rows, strict=True) for t in sorted(row["themes"])
            ],
        )
    )
    withheld = [f"R{k}" for k, row in zip(keys, rows, strict=True) if row["withheld"]]
    study.write_settings({"title": "Drawn", "withheld": {"references": withheld}})
    return study, {f"r-{reference[1:]}" for reference in withheld}


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking would take minutes
)
@given(rows=st.lists(answer, min_size=1, max_size=60))
def test_numbers_and_quotes_of_any_study_have_their_source(tmp_path_factory, rows):
    study, withheld = made(tmp_path_factory.mktemp("drawn") / "study", rows)
    content = build(study)
    assert strangers(study, content, counted(study) | {number(len(withheld))}) == []
    texts = study.read("documents").set_index("document_id")["text"]
    for quote in (block.quote for block in blocks(content.sections) if isinstance(block, Quoted)):
        assert quote.response_id not in withheld
        assert mask(texts[quote.document_id])[quote.start : quote.start + len(quote.text)] == quote.text


def test_every_quote_of_the_example_is_verbatim_at_its_reference(example_study, example_content):
    texts = example_study.read("documents").set_index("document_id")["text"]
    quotes = [block.quote for block in blocks(example_content.sections) if isinstance(block, Quoted)]
    assert len(quotes) > 50
    for quote in quotes:
        assert texts[quote.document_id][quote.start : quote.start + len(quote.text)] == quote.text or (
            mask(texts[quote.document_id])[quote.start : quote.start + len(quote.text)] == quote.text
        )


def test_every_kind_of_reference_in_a_report_can_be_shown(example_study, example_content):
    written = "\n".join(said(example_content))
    ids = set(re.findall(r"\b(?:r|d|p|t|ca|q|s)-[0-9a-f]{16}\b", written))
    quotes = [block.quote for block in blocks(example_content.sections) if isinstance(block, Quoted)]
    chosen = [*sorted(ids)[:12], quotes[0].passage_id, quotes[0].response_id, quotes[0].reference]
    chosen += [example_study.read("themes")["theme_id"].iloc[0], example_study.read("themes")["name"].iloc[0]]
    assert {ref.partition("-")[0] for ref in ids} == {"ca", "t"}
    assert len(chosen) > 10
    for ref in chosen:
        assert behind(example_study, ref).title
    with pytest.raises(UserError, match="nothing in this study"):
        behind(example_study, "p-0000000000000000")
