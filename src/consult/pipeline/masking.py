"""What the stages read: texts with personal data masked, so that a masked package gives the same results."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from consult.study import Study

if TYPE_CHECKING:
    import pandas as pd


def masked_documents(study: Study) -> pd.DataFrame:
    """
    Read the documents with e-mail addresses, telephone numbers and IBANs replaced by dots.

    Offsets stay right, since dots are as many as the characters they stand for. No topic can be named after an
    address, and who holds only the masked texts can run every stage again and get the same.
    """
    return _masked(study.path, study.digest(["documents"]))


@lru_cache(maxsize=1)
def _masked(path: Path, digest: str) -> pd.DataFrame:  # noqa: ARG001
    """Every stage of a run reads the same documents; `digest` says whether they still are."""
    from consult.text.privacy import mask

    documents = Study(path).read("documents")
    return documents.assign(text=documents["text"].map(mask).astype(documents["text"].dtype))


def masked_texts(study: Study) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read passages and documents, both masked as in `masked_documents`."""
    from consult.text.privacy import mask_passages

    documents = masked_documents(study)
    return mask_passages(study.read("passages"), documents), documents
