"""A made-up consultation with known subjects, in English and German, for the tests of topics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from consult import schema
from consult.identity import make_id

SUBJECTS = {
    "privacy": (
        "Personal data must be protected and {} needs consent for data protection.",
        "Personenbezogene Daten brauchen Datenschutz und {} braucht eine Einwilligung.",
    ),
    "skills": (
        "Teachers and schools need training courses so that {} gains digital skills.",
        "Lehrkräfte und Schulen brauchen Weiterbildung damit {} digitale Kompetenzen erwirbt.",
    ),
    "liability": (
        "The burden of proof and liability rules should not rest on {} alone.",
        "Die Beweislast und die Haftung der Hersteller sollten nicht bei {} liegen.",
    ),
    "climate": (
        "Energy consumption of data centres harms the climate and {} pays for it.",
        "Der Energieverbrauch der Rechenzentren schadet dem Klima und {} zahlt dafür.",
    ),
}
WHO = (
    "my grandmother", "the baker", "every pupil", "our village", "a nurse", "the library", "his landlord", "the mayor",
    "one farmer", "the choir", "a driver", "our club", "the port", "a tenant", "the miller", "her sister",
)  # fmt: skip
JUNK = ("No comment", "n/a", "see attachment", "-", "Siehe Anlage", "https://example.org", "12")


@dataclass(frozen=True)
class Made:
    passages: pd.DataFrame
    documents: pd.DataFrame
    responses: pd.DataFrame
    vectors: np.ndarray
    subject: np.ndarray  # by row of passages; "" for junk

    @property
    def tables(self):
        return self.passages, self.documents, self.responses, self.vectors

    def shuffled(self, seed: int) -> Made:
        order = np.random.default_rng(seed).permutation(len(self.passages))
        return Made(
            self.passages.iloc[order].reset_index(drop=True),
            self.documents.sample(frac=1, random_state=seed),
            self.responses.sample(frac=1, random_state=seed),
            self.vectors[order],
            self.subject[order],
        )

    def first(self, n: int) -> Made:
        return Made(self.passages.head(n), self.documents, self.responses, self.vectors[:n], self.subject[:n])


def make_consultation(n_each: int = 32, *, junk: bool = True, noise: float = 0.03) -> Made:
    """Each subject n_each times, half of them in German; one passage a document and response."""
    random = np.random.default_rng(7)
    centres = np.linalg.qr(random.normal(size=(512, len(SUBJECTS))))[0].T
    rows = []
    for k, (subject, patterns) in enumerate(SUBJECTS.items()):
        for i in range(n_each):
            language = ("en", "de")[i % 2]
            text = patterns[i % 2].format(f"{WHO[i // 2 % len(WHO)]} {'' if i < 32 else i}".strip())
            rows.append((text, language, subject, centres[k] + noise * random.normal(size=512)))
    if junk:
        rows += [(text, "en", "", random.normal(size=512)) for text in JUNK]
    types = ("company", "ngo", "citizen_eu", "academic")
    ids = [f"{i:04d}" for i in range(len(rows))]
    responses = schema.build(
        "responses",
        {
            "response_id": [f"r-{i}" for i in ids], "consultation_id": "c", "source_id": "s",
            "source_row": range(1, len(rows) + 1), "stakeholder_type": [types[int(i) % 4] for i in ids],
            "anonymous": False,
        },
    )  # fmt: skip
    documents = schema.build(
        "documents",
        {
            "document_id": [f"d-{i}" for i in ids], "response_id": [f"r-{i}" for i in ids],
            "text": [r[0] for r in rows], "language": [r[1] for r in rows], "language_score": 1.0,
            "n_words": [len(r[0].split()) for r in rows], "damaged": 0.0,
        },
    )  # fmt: skip
    passages = pd.DataFrame(
        {
            "passage_id": [make_id("p", i) for i in ids], "document_id": [f"d-{i}" for i in ids], "start": 0,
            "end": [len(r[0]) for r in rows], "text": [r[0] for r in rows],
        }
    )  # fmt: skip
    vectors = np.array([r[3] for r in rows])
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return Made(passages, documents, responses, vectors, np.array([r[2] for r in rows], dtype=object))
