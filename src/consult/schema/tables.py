"""Every table of a study: its columns, what they hold, and what identifies a row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["string", "integer", "number", "boolean", "time"]

STAKEHOLDER_TYPES = (
    "citizen_eu",
    "citizen_non_eu",
    "company",
    "business_association",
    "ngo",
    "environmental_organisation",
    "consumer_organisation",
    "trade_union",
    "academic",
    "public_authority",
    "other",
    "unknown",
)
CONSULTATION_KINDS = ("questionnaire", "feedback", "docket", "survey", "papers")
QUESTION_KINDS = ("open", "closed", "attachment")
TAGGERS = ("rule", "similarity", "classifier", "person")

_DTYPES: dict[Kind, str] = {
    "string": "str",
    "integer": "int64",
    "number": "float64",
    "boolean": "bool",
    "time": "datetime64[us]",
}


class SchemaError(ValueError):
    """A table does not have the shape that this module promises."""


@dataclass(frozen=True)
class Column:
    """One column: what it holds, in which unit, and whether it may be empty."""

    name: str
    description: str
    kind: Kind = "string"
    nullable: bool = False
    allowed: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None

    @property
    def dtype(self) -> str:
        """Name of the pandas dtype; a nullable integer becomes ``Int64``."""
        return "Int64" if self.kind == "integer" and self.nullable else _DTYPES[self.kind]


@dataclass(frozen=True)
class Table:
    """One table: its columns in order, and the columns that identify a row."""

    name: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    unique: bool = True
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(c.name for c in self.columns))


def _id(name: str, description: str, *, nullable: bool = False) -> Column:
    return Column(name, description, nullable=nullable)


_TABLES = (
    Table(
        "consultations",
        "One call for input: a questionnaire, a feedback period, a docket.",
        ("consultation_id",),
        (
            _id("consultation_id", "Given by the user, or made from the questions asked."),
            Column("title", "Title shown everywhere."),
            Column("kind", "What sort of call it was.", allowed=CONSULTATION_KINDS),
        ),
    ),
    Table(
        "sources",
        "One file or folder given to `consult ingest`. `n_rows = n_responses + n_set_aside` always.",
        ("source_id",),
        (
            _id("source_id", "Made from the content, whatever the order of its rows."),
            _id("consultation_id", "The consultation the source belongs to."),
            Column("name", "File or folder name, without its path."),
            Column("format", "Name of the reader that recognised it."),
            Column("sha256", "SHA-256 of the file's bytes."),
            Column("n_rows", "Rows (or files) found in the source.", "integer", low=0),
            Column("n_responses", "Rows that became a response.", "integer", low=0),
            Column("n_set_aside", "Rows that did not, each with its reason.", "integer", low=0),
        ),
    ),
    Table(
        "questions",
        "What was asked.",
        ("question_id",),
        (
            _id("question_id", "Made from the consultation and the question's text."),
            _id("consultation_id", "The consultation that asked it."),
            Column("number", "Position in the source, counted from 1.", "integer", low=1),
            Column("text", "The question as asked, spaces tidied."),
            Column("kind", "Open text, a closed choice, or a file.", allowed=QUESTION_KINDS),
        ),
    ),
    Table(
        "responses",
        "One submission by one respondent to one consultation; shares are counted on it.",
        ("response_id",),
        (
            _id("response_id", "Made from the reference, or from the whole row where there is none."),
            _id("consultation_id", "The consultation answered."),
            _id("source_id", "Where it came from."),
            Column("source_row", "Row in the source, counted from 1, header not counted.", "integer", low=1),
            Column("reference", "The source's own id, as given.", nullable=True),
            Column("submitted_at", "When it was sent, in the source's own time zone.", "time", nullable=True),
            Column("declared_language", "ISO 639-1 code of the language the source states.", nullable=True),
            Column("stakeholder_type", "Who answered, in one of twelve words.", allowed=STAKEHOLDER_TYPES),
            Column("stakeholder_type_raw", "The same as the source wrote it.", nullable=True),
            Column("organisation", "Name of the organisation; never a private person.", nullable=True),
            Column("organisation_size", "micro, small, medium or large.", nullable=True),
            Column("country", "ISO 3166-1 alpha-2 code.", nullable=True),
            Column("scope", "local, regional, national or international.", nullable=True),
            Column("transparency_register", "Number in the EU Transparency Register.", nullable=True),
            Column("anonymous", "Whether the respondent asked to stay anonymous.", "boolean"),
        ),
    ),
    Table(
        "persons",
        "Names and contact details of respondents. Written only with `--keep-names`; shown and exported nowhere.",
        ("response_id", "detail"),
        (
            _id("response_id", "Whose they are."),
            Column("detail", "The column's heading in the source, such as First name."),
            Column("value", "As the source wrote it."),
        ),
    ),
    Table(
        "answers",
        "What one response says to one question, verbatim. Empty cells are not answers.",
        ("response_id", "question_id"),
        (
            _id("response_id", "Who answered."),
            _id("question_id", "What was asked."),
            Column("text", "The answer as it stands in the source."),
        ),
    ),
    Table(
        "documents",
        "A text to analyse: an answer to an open question, or an attachment.",
        ("document_id",),
        (
            _id("document_id", "Made from the response and the question or attachment."),
            _id("response_id", "Whose text it is."),
            _id("question_id", "The open question answered.", nullable=True),
            Column("attachment", "File name of the attachment.", nullable=True),
            Column("text", "The text after documented repairs; every offset refers to it."),
            Column("language", "ISO 639-1 code found from the text (declared language as evidence)."),
            Column("language_score", "How sure that is, 0 to 1.", "number", low=0, high=1),
            Column("n_words", "Number of words.", "integer", low=0),
            Column("damaged", "Share of characters lost before we got it, 0 to 1.", "number", low=0, high=1),
        ),
    ),
    Table(
        "passages",
        "One to three sentences of a document; topics and themes are assigned to it. "
        "`documents.text[start:end] == passages.text`.",
        ("passage_id",),
        (
            _id("passage_id", "Made from the document and the offsets."),
            _id("document_id", "The document it is part of."),
            Column("start", "First character, counted from 0.", "integer", low=0),
            Column("end", "One past the last character.", "integer", low=0),
            Column("text", "The passage, verbatim."),
        ),
    ),
    Table(
        "pages",
        "Where each page of an attachment lies in its document, so that a quote can say its page.",
        ("document_id", "page"),
        (
            _id("document_id", "The attachment."),
            Column("page", "Page number, counted from 1.", "integer", low=1),
            Column("start", "First character, counted from 0.", "integer", low=0),
            Column("end", "One past the last character.", "integer", low=0),
        ),
    ),
    Table(
        "campaigns",
        "Near-identical documents from several responses.",
        ("campaign_id",),
        (
            _id("campaign_id", "Made from the representative document."),
            Column("n_documents", "Documents in the campaign.", "integer", low=2),
            Column("n_responses", "Responses that sent one of them.", "integer", low=2),
            _id("representative_document_id", "The document most like all the others."),
            Column("first_at", "First submission.", "time", nullable=True),
            Column("last_at", "Last submission.", "time", nullable=True),
        ),
    ),
    Table(
        "campaign_members",
        "Which document belongs to which campaign.",
        ("document_id",),
        (
            _id("document_id", "The document."),
            _id("campaign_id", "Its campaign."),
            Column(
                "similarity",
                "Jaccard similarity to the representative document, 0 to 1.",
                "number",
                low=0,
                high=1,
            ),
        ),
    ),
    Table(
        "own_parts",
        "What senders added to a campaign's letter: eight words or more in a row that its representative document does "
        "not hold. `documents.text[start:end]` are these words.",
        ("document_id", "start"),
        (
            _id("document_id", "A letter of the campaign."),
            _id("campaign_id", "Its campaign."),
            Column("start", "First character, counted from 0.", "integer", low=0),
            Column("end", "One past the last character.", "integer", low=0),
            Column("n_words", "Number of words.", "integer", low=1),
        ),
    ),
    Table(
        "possibly_coordinated",
        "Texts that say the same in other words, close in time. A possibility, never a fact: all are counted in full.",
        ("document_id",),
        (
            _id("document_id", "The document."),
            _id("group_id", "Documents that may belong together; made from the representative document."),
            _id("representative_document_id", "The document that each of the group is like."),
            Column("likeness", "How much each says of what the other says, 0 to 1.", "number", low=0, high=1),
        ),
    ),
    Table(
        "topics",
        "Groups of passages found by the model.",
        ("topic_id",),
        (
            _id("topic_id", "Stays with the topic's content across runs."),
            _id("parent_id", "The broader topic it belongs to.", nullable=True),
            Column("label", "Two to six words, in the language of the study."),
            Column("n_passages", "Passages assigned to it.", "integer", low=0),
            Column("n_responses", "Responses with at least one such passage.", "integer", low=0),
            Column("is_outlier", "True for the one row that holds passages in no topic.", "boolean"),
        ),
    ),
    Table(
        "topic_terms",
        "The words that set a topic apart.",
        ("topic_id", "rank"),
        (
            _id("topic_id", "The topic."),
            Column("rank", "1 is the strongest.", "integer", low=1),
            Column("term", "A word or phrase from the passages."),
            Column("weight", "c-TF-IDF weight.", "number", low=0),
        ),
    ),
    Table(
        "topic_details",
        "What a reader needs beside a topic's label.",
        ("topic_id",),
        (
            _id("topic_id", "The topic."),
            Column("gloss", "The sentence that stands closest to the middle of the topic, verbatim."),
            Column(
                "found_in",
                "In how many repeated runs the topic was found again.",
                "integer",
                low=0,
                nullable=True,
            ),
            Column("n_runs", "How many repeated runs were made.", "integer", low=0, nullable=True),
        ),
    ),
    Table(
        "topic_quotes",
        "Passages that represent a topic, from different types of respondent and languages.",
        ("topic_id", "rank"),
        (
            _id("topic_id", "The topic."),
            Column("rank", "1 is the best.", "integer", low=1),
            _id("passage_id", "The passage to quote."),
        ),
    ),
    Table(
        "passage_topics",
        "Which topic a passage belongs to.",
        ("passage_id",),
        (
            _id("passage_id", "The passage."),
            _id("topic_id", "Its topic, or the outlier topic."),
            Column("strength", "How well it fits, 0 to 1.", "number", low=0, high=1),
        ),
    ),
    Table(
        "passage_positions",
        "Where a passage stands on the map of passages. Distances are only a rough guide.",
        ("passage_id",),
        (
            _id("passage_id", "The passage."),
            Column("x", "Horizontal position, no unit.", "number"),
            Column("y", "Vertical position, no unit.", "number"),
        ),
    ),
    Table(
        "themes",
        "Ideas defined by a person in the codebook.",
        ("theme_id",),
        (
            _id("theme_id", "Given in the codebook."),
            _id("parent_id", "The broader theme it belongs to.", nullable=True),
            Column("name", "Name shown everywhere."),
            Column("definition", "What the theme means."),
        ),
    ),
    Table(
        "taggings",
        "A theme given to a passage, with its evidence. `documents.text[start:end]` are the words it rests on.",
        ("passage_id", "theme_id", "assigned_by", "start", "end"),
        (
            _id("passage_id", "The passage."),
            _id("document_id", "Its document."),
            _id("response_id", "Its response."),
            _id("theme_id", "The theme."),
            Column("assigned_by", "Who or what gave it.", allowed=TAGGERS),
            Column("score", "How sure that is, 0 to 1.", "number", low=0, high=1),
            Column("start", "First character of the evidence in the document.", "integer", low=0),
            Column("end", "One past its last character.", "integer", low=0),
            Column("phrase", "The codebook's phrase that matched.", nullable=True),
        ),
    ),
    Table(
        "set_aside",
        "Everything a stage could not use, with the reason.",
        ("source_id", "stage", "source_row", "item", "reason"),
        (
            _id("source_id", "Where it came from."),
            Column("stage", "The stage that set it aside."),
            Column("source_row", "Row in the source, counted from 1.", "integer", nullable=True, low=1),
            Column("item", "What it was: a row, a file, a document id."),
            Column("reason", "Why, in plain words."),
        ),
        unique=False,
    ),
)

TABLES: dict[str, Table] = {table.name: table for table in _TABLES}


def table(name: str) -> Table:
    """
    Return the definition of a table.

    Raises:
        SchemaError: There is no table of that name.
    """
    try:
        return TABLES[name]
    except KeyError:
        message = f"no table is called '{name}'; the tables are {', '.join(TABLES)}."
        raise SchemaError(message) from None
