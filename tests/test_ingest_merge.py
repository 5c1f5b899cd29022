"""The same submissions from two sources are one response each; different ones stay apart."""

from __future__ import annotations

import csv
import json

from consult.ingest import read_sources

NAMES = [
    "id",
    "date_feedback",
    "feedback",
    "language",
    "user_type",
    "country",
    "organization",
    "publication",
    "publication_id",
]


def text(i):
    return f"Answer number {i} on training and its costs"


def scraped(folder, n=6, publication="24212003", start=0, name="feedbacks.csv"):
    path = folder / name
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(NAMES)
        for i in range(start, start + n):
            writer.writerow([500 + i, f"2021-08-0{i + 1} 10:00:00", text(i), "en", "ngo",
                             "BEL", f"Org {i}", "withinfo", publication])  # fmt: skip
    return path


def api(folder, n=6, publication=14488, **more):
    path = folder / "records.json"
    records = [
        {"id": 500 + i, "dateFeedback": f"2021/08/0{i + 1} 10:00:00", "feedback": text(i),
         "language": "EN", "userType": "NGO", "country": "BEL", "organization": f"Org {i}", "publication": "WITHINFO",
         "publicationId": publication, "trNumber": f"{i}-99"} | more
        for i in range(n)
    ]  # fmt: skip
    path.write_text(json.dumps(records))
    return path


def test_same_submissions_are_merged(tmp_path):
    """The renumbered publication is the same consultation; what one source lacks the other fills in."""
    for paths in ([scraped(tmp_path), api(tmp_path, 4)], [api(tmp_path, 4), scraped(tmp_path)]):
        found = read_sources(paths)
        assert len(found.consultations) == 1
        assert len(found.responses) == 6
        assert len(found.answers) == 6
        assert found.responses["transparency_register"].notna().sum() == 4
        sums = found.sources[["n_rows", "n_responses", "n_set_aside"]].sum().tolist()
        assert sums == [10, 6, 4]
        assert found.set_aside["reason"].str.contains("nothing differs").all()


def test_conflicts_are_reported(tmp_path):
    found = read_sources([scraped(tmp_path), api(tmp_path, 4, country="FRA")])
    assert found.responses["country"].unique().tolist() == ["BE"]
    assert found.set_aside["reason"].str.contains("'FR' against 'BE'").sum() == 4
    assert any("4 of them differ" in n for n in found.notes)


def test_two_consultations_stay_apart(tmp_path):
    found = read_sources([scraped(tmp_path), scraped(tmp_path, 3, "777", 6, "other.csv")])
    assert len(found.consultations) == 2
    assert len(found.responses) == 9


def test_same_file_twice(tmp_path):
    path = scraped(tmp_path)
    found = read_sources([path, path])
    assert len(found.responses) == 6
    assert any("read once" in n for n in found.notes)


def table(folder, name, texts):
    path = folder / name
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([["id", "comment"], *([i, t] for i, t in enumerate(texts, 1))])
    return path


def test_two_waves_numbered_from_one(tmp_path):
    """Equal references with other answers are other people."""
    one = table(tmp_path, "one.csv", [f"First wave, answer {i} about costs" for i in range(5)])
    two = table(tmp_path, "two.csv", [f"Second wave, reply {i} about access" for i in range(4)])
    found = read_sources([one, two])
    assert len(found.responses) == 9
    assert found.responses["response_id"].is_unique
    assert len(found.answers) == 9
    assert any("taken for different responses" in n for n in found.notes)


def test_a_later_export_adds_what_is_new(tmp_path):
    texts = [f"Answer {i} says that costs are high" for i in range(6)]
    found = read_sources([table(tmp_path, "one.csv", texts[:4]), table(tmp_path, "two.csv", texts)])
    assert len(found.responses) == 6
    assert found.sources["n_set_aside"].sum() == 4
