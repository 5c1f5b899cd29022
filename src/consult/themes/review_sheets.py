"""Sheets for coding, out and back in: a workbook or a CSV, with the codebook beside the texts."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from consult.errors import UserError
from consult.ingest.delimited import read_delimited
from consult.ingest.workbooks import read_workbook
from consult.text.privacy import mask

if TYPE_CHECKING:
    from consult.ingest.batch import Sheet
    from consult.themes.codebook import Codebook, Theme
    from consult.themes.review import Sample

FORMATS = (".xlsx", ".csv")
PASSAGE, SAMPLE, NONE, NOTE = "passage", "sample", "none of the themes", "note"
_FRONT = ("no.", "language", "question", "text")
_YES = frozenset("1 x y yes true ✓ oui ja si sí sì sim tak ano áno da igen jah jā taip kyllä ναι да iva".split())
_NO = frozenset("0 n no false - non nein nej não nie ne nem ei nē όχι не".split())
_UNSURE = frozenset({"?", "unsure", "borderline"})
# What spreadsheets may read as the start of a formula.
_FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
_HOW = tuple(
    """\
Read the text of each row and decide for each theme whether the text itself raises it.
Write yes or no under the theme; write ? where you cannot decide, and it will be left out of every count.
With several themes it is enough to write yes where a theme is raised: what is left empty in that row counts as no.
Where none of the themes is raised, write yes under 'none of the themes'.
A row in which nothing is written counts as not read. You may stop anywhere and bring the sheet back.
What a theme means stands on the sheet 'Codebook'. Judge the text, not the question.
A narrower theme counts for its broader one too.
What the program found is left out on purpose, so that it does not sway you: do not look it up before you are done.
If somebody else codes the same sheet, do not talk about it until both are done.
Leave the columns 'passage' and 'sample' as they are: they bring your answers back to the right place.""".splitlines()
)


@dataclass(frozen=True)
class Texts:
    """What stands in a row of the sheet beside the passage's id."""

    text: str
    question: str
    language: str


@dataclass(frozen=True)
class Coded:
    """
    What a person wrote on a sheet.

    Attributes:
        sample_id: The sample that was coded.
        decisions: By passage and theme: True, False, or None where the person could not decide.
        not_read: Passages in whose rows nothing was written.
        themes: Themes on the sheet.
    """

    sample_id: str
    decisions: Mapping[tuple[str, str], bool | None]
    not_read: tuple[str, ...]
    themes: tuple[str, ...]


def write_sheet(sample: Sample, texts: Mapping[str, Texts], codebook: Codebook, path: Path) -> tuple[Path, ...]:
    """
    Write a sample as a sheet to code; the machine's answer is not on it, and e-mail addresses are masked.

    Args:
        sample: What was drawn.
        texts: Text, question and language by passage.
        codebook: Explains the themes: on a second sheet, or beside a CSV in a second file.
        path: Ends in ``.xlsx`` or ``.csv``.

    Returns:
        The files written.

    Raises:
        UserError: The ending is another, the file exists, or it cannot be written.
    """
    if path.suffix.lower() not in FORMATS:
        message = f"{path}: '{path.suffix}' is not a sheet; allowed are {', '.join(FORMATS)}. Name it so."
        raise UserError(message)
    if path.exists():
        message = (
            f"{path}: this file exists, and may hold somebody's coding; expected a new file. Name another one "
            "with --out, or move it away."
        )
        raise UserError(message)
    themes = [codebook.by_id[t] for t in sample.themes]
    rows = [_headings(themes), *_rows(sample, texts, len(themes))]
    guide = _guide(codebook, sample.themes)
    beside = path.with_name(f"{path.stem}-codebook.csv")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() == ".xlsx":
            path.write_bytes(_workbook(rows, guide))
            return (path,)
        path.write_bytes(_csv(rows))
        beside.write_bytes(_csv(guide))
    except OSError as error:
        message = (
            f"{path}: cannot be written ({error.strerror or error}). Close it if it is open, or name another file."
        )
        raise UserError(message) from error
    return path, beside


def _headings(themes: Sequence[Theme]) -> list[str]:
    several = [NONE] if len(themes) > 1 else []
    return [*_FRONT, *(f"{t.name} [{t.theme_id}]" for t in themes), *several, NOTE, PASSAGE, SAMPLE]


def _rows(sample: Sample, texts: Mapping[str, Texts], n_themes: int) -> Iterable[list[str]]:
    blank = [""] * (n_themes + (n_themes > 1) + 1)
    for number, drawn in enumerate(sample.passages, start=1):
        shown = texts[drawn.passage_id]
        front = [str(number), shown.language, mask(shown.question), mask(shown.text)]
        yield [*front, *blank, drawn.passage_id, sample.sample_id]


def _guide(codebook: Codebook, themes: Sequence[str]) -> list[list[str]]:
    rows = [["theme", "name", "broader theme", "definition", "counts", "does not count", "examples"]]
    for theme in (codebook.by_id[t] for t in themes):
        broader = codebook.by_id[theme.parent_id].name if theme.parent_id else ""
        lists = (theme.counts, theme.does_not_count, [f"{e.text} ({e.language})" for e in theme.examples])
        told = ["\n".join(f"• {line}" for line in lines) for lines in lists]
        rows.append([theme.theme_id, theme.name, broader, theme.definition, *told])
    return [*rows, [], *([line] for line in _HOW)]


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    """Return rows as CSV that spreadsheet programs open rightly: with a byte order mark, no cell a formula."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\r\n").writerows([[_neutral(cell) for cell in row] for row in rows])
    return stream.getvalue().encode("utf-8-sig", "replace")


def _neutral(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _workbook(rows: Sequence[Sequence[str]], guide: Sequence[Sequence[str]]) -> bytes:
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    body = book.add_format({"text_wrap": True, "valign": "top"})
    grey = book.add_format({"font_color": "#595959", "valign": "top"})
    sheet = book.add_worksheet("To code")
    first, last = len(_FRONT), len(rows[0])
    for column, width in ((0, 5), (1, 9), (2, 30), (3, 80), (last - 3, 30)):
        sheet.set_column(column, column, width)
    sheet.set_column(first, last - 4, 16)
    sheet.set_column(last - 2, last - 1, 24)
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            sheet.write_string(r, c, cell, head if r == 0 else grey if c >= last - 2 else body)
    sheet.freeze_panes(1, first)
    choice = {"validate": "list", "source": ["yes", "no", "?"], "ignore_blank": True, "error_type": "information"}
    sheet.data_validation(1, first, max(len(rows) - 1, 1), last - 4, choice)
    told = book.add_worksheet("Codebook")
    for column, width in enumerate((24, 30, 24, 60, 50, 50, 60)):
        told.set_column(column, column, width)
    for r, row in enumerate(guide):
        for c, cell in enumerate(row):
            told.write_string(r, c, cell, head if r == 0 else body if len(row) > 1 else None)
    told.freeze_panes(1, 2)
    book.close()
    return stream.getvalue()


# Back in ----------------------------------------------------------------------------------------------


def read_sheet(path: Path, codebook: Codebook) -> Coded:
    """
    Read a coded sheet.

    Columns may have been moved or added, and rows sorted; only the headings of the themes and the columns
    'passage' and 'sample' are looked at. A narrower theme given counts for its broader ones on the sheet.

    Raises:
        UserError: It is not a sheet of this program, names an unknown theme, or holds an answer that is
            none (the message names row and column).
    """
    sheet = _open(path)
    at = {heading.strip().casefold(): i for i, heading in reversed(list(enumerate(sheet.headings)))}
    columns = {theme: i for i, h in enumerate(sheet.headings) if (theme := _theme(h, path, codebook))}
    if not columns:
        message = (
            f"{path.name}: no column is headed by a theme; expected 'Name [id]' as on the sheet given out. Restore it."
        )
        raise UserError(message)
    decisions: dict[tuple[str, str], bool | None] = {}
    not_read: list[str] = []
    samples: set[str] = set()
    for number, cells in zip(sheet.rows, sheet.cells.itertuples(index=False, name=None), strict=True):
        passage, sample = cells[at[PASSAGE]].strip(), cells[at[SAMPLE]].strip()
        if not passage:
            continue
        samples.add(sample)
        where = f"{path.name}, row {number + 1}"
        answers = {t: _answer(cells[i], f"{where}, column '{sheet.headings[i]}'") for t, i in columns.items()}
        nothing = NONE in at and _answer(cells[at[NONE]], f"{where}, column '{NONE}'") == "yes"
        if nothing and "yes" in answers.values():
            given = next(t for t, a in answers.items() if a == "yes")
            message = f"{where}: says both '{given}' and '{NONE}'; only one of them can be. Clear one of the cells."
            raise UserError(message)
        found = _decided(answers, codebook, nothing=nothing)
        if not found:
            not_read.append(passage)
        decisions |= {(passage, theme): answer for theme, answer in found.items()}
    if len(samples) != 1:
        message = (
            f"{path.name}: {len(samples)} samples were found in column '{SAMPLE}'; expected one. Restore the column."
        )
        raise UserError(message)
    return Coded(samples.pop(), decisions, tuple(not_read), tuple(columns))


def _open(path: Path) -> Sheet:
    if not path.is_file():
        message = f"{path}: there is no such file; expected a coded sheet (XLSX, ODS or CSV). Check the path."
        raise UserError(message)
    sheets = [read_delimited(path)] if path.suffix.lower() in (".csv", ".tsv", ".txt") else read_workbook(path)
    for sheet in sheets:
        if {PASSAGE, SAMPLE} <= {h.strip().casefold() for h in sheet.headings}:
            return sheet
    message = (
        f"{path.name}: no sheet has the columns '{PASSAGE}' and '{SAMPLE}'; expected a sheet written by "
        "`consult review --out`. Restore the columns, or take the right file."
    )
    raise UserError(message)


def _theme(heading: str, path: Path, codebook: Codebook) -> str | None:
    found = re.search(r"\[([^\[\]]+)\]\s*$", heading)
    name = found[1].strip() if found else heading.strip()
    if name in codebook.by_id:
        return name
    if found and not name.isdigit():
        message = (
            f"{path.name}, column '{heading}': the codebook '{codebook.codebook_id}' has no theme '{name}'; its themes "
            f"are {', '.join(codebook.by_id)}. Take the sheet back with the codebook it was made with."
        )
        raise UserError(message)
    return None


def _answer(cell: str, where: str) -> str:
    word = cell.strip().lstrip("'").casefold()
    for answer, words in (("", {""}), ("yes", _YES), ("no", _NO), ("?", _UNSURE)):
        if word in words:
            return answer
    message = f"{where}: '{cell.strip()}' is not an answer; allowed are yes, no and ?. Correct the cell."
    raise UserError(message)


def _decided(answers: Mapping[str, str], codebook: Codebook, *, nothing: bool) -> dict[str, bool | None]:
    """Return what a row decides: an empty cell is a no where the row says yes to something, or to none."""
    implied = {a for t, answer in answers.items() if answer == "yes" for a in codebook.ancestors(t)}
    filled = nothing or "yes" in answers.values()
    found: dict[str, bool | None] = {}
    for theme, answer in answers.items():
        if answer == "yes" or theme in implied:
            found[theme] = True
        elif answer == "?":
            found[theme] = None
        elif answer == "no" or filled:
            found[theme] = False
    return found
