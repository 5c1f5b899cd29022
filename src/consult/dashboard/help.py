"""Every help text of the dashboard, in one place and in plain words."""

from __future__ import annotations

from consult.report.words import CAVEAT
from consult.translation import later, say

NOT_A_SURVEY = CAVEAT
SHORT_CAVEAT = later("A consultation is not a survey: these are shares of those who answered.")

TEXTS = {
    "interval": later(
        "The interval says how far chance alone could move a share: with a few more or fewer responses like these, "
        "the share would lie between the two ends 95 times out of 100. It says nothing about people who did not answer."
    ),
    "view": later(
        "Campaigns are near-identical texts sent by many. You can count every response, count each campaign once, "
        "or set campaigns apart and see what all others say. No one way is the right one; say which you use. "
        "A response that also wrote something of its own stays in every count, with its own words."
    ),
    "language": later("The language a text is written in, which may differ from the language of the form."),
    "question": later(
        "Keeps the responses that answered this question, and looks for themes and topics in that answer only."
    ),
    "date": later("Day of submission. Responses without a date are left out when a day is chosen."),
    "theme": later("A theme is an idea that a person defined in the codebook, with the words that count as evidence."),
    "topic": later("A topic is a group of passages that the machine put together. Its label is made from their words."),
    "mention": later("A response mentions a theme when at least one of its passages carries it."),
    "found_again": later(
        "The grouping was repeated from other starting points; “found again” says in how many repeats the same topic "
        "came out. The fewer, the more it depends on chance where this topic begins and ends."
    ),
    "edits": later(
        "The machine's grouping is a proposal. Every change is kept with who made it, when and why, can be taken back, "
        "and is made again on every later run. What respondents wrote is never changed."
    ),
    "hide": later(
        "Hiding takes the topic out of every figure, table and report. Its passages then count as fitting no topic; "
        "they stay in the study, can still be read and searched, and still count for themes. Shares of the topics "
        "beside it do not change. You can take it back."
    ),
    "search": later(
        "Finds words by their beginning, in every language, with or without accents. "
        'Put words in quotation marks to find them side by side: "paid leave".'
    ),
    "phrases": later("Words to look for in the texts. A star stands for any letters at the start or end of a word."),
    "without": later("Keeps the responses in which no passage was found to carry the theme."),
    "similarity": later(
        "Found by likeness to the codebook's examples, not by its phrases. Read before you rely on it."
    ),
    "rule": later("Found by a phrase of the codebook; the words are marked."),
    "masked": later("E-mail addresses, telephone numbers and bank accounts are covered with dots."),
    "agreement": later(
        "Kappa and AC1 are 1 where two people always agree and 0 where they agree as often as chance would have it. "
        "AC1 is steadier where a theme is rare."
    ),
    "together": later(
        "Of the responses with the theme of a row, the share that also mentions the theme of the column."
    ),
    "map": later(
        "Each dot is a passage; passages that say similar things lie close to each other, in any language. Distances "
        "are only a rough guide. Draw around dots to read them."
    ),
    "difference": later(
        "A difference is marked only where it is unlikely to be chance after allowing for the number of comparisons. "
        "Groups under 30 responses are too few to compare; in figures they are grey."
    ),
    "not_audited": later(
        "Not audited: nobody has read responses in which nothing was found, so how many mentions were missed is not "
        "known, and the share may be too low. The page Review draws such a sample: passages without the theme."
    ),
    "damaged": later("Letters that were lost before the text reached us, often in a spreadsheet."),
    "set_aside": later("What could not be used, with the reason. Nothing is dropped without being listed here."),
}


def text(key: str) -> str:
    """Return a help text."""
    return say(TEXTS[key])


def not_a_survey() -> str:
    """Return the caveat that stands on every page with numbers, in full."""
    return say(NOT_A_SURVEY)


def short_caveat() -> str:
    """Return the same caveat in few words."""
    return say(SHORT_CAVEAT)
