"""
Fit the constants of the common embedding space: language means, and the matrix from e5 into USE's space.

    uv run python scripts/fit_embedding_space.py SIB200_FOLDER

SIB200_FOLDER holds one folder a language (`deu_Latn/train.tsv` with columns index_id, category, text), the same
sentences in each (SIB-200, Apache-2.0, https://github.com/dadelani/sib-200). Only the training part is read, so
that the development part stays free to measure with. The result, about 0.5 MB, is committed.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from consult.text.encoders import encode_e5, encode_use
from consult.text.languages import EU_LANGUAGES
from consult.text.space import ASSET, USE_LANGUAGES, normalise

FOLDERS = dict(
    zip(
        EU_LANGUAGES,
        "bul_Cyrl ces_Latn dan_Latn deu_Latn ell_Grek eng_Latn spa_Latn est_Latn fin_Latn fra_Latn gle_Latn hrv_Latn "
        "hun_Latn ita_Latn lit_Latn lvs_Latn mlt_Latn nld_Latn pol_Latn por_Latn ron_Latn slk_Latn slv_Latn "
        "swe_Latn".split(),
        strict=True,
    )
)
RIDGE = 3.0


def read_sentences(folder: Path, part: str) -> pd.DataFrame:
    """Return the sentences: one row an index_id, one column a language."""
    columns = {
        language: pd.read_csv(folder / name / f"{part}.tsv", sep="\t", quoting=3).set_index("index_id")["text"]
        for language, name in FOLDERS.items()
    }
    return pd.DataFrame(columns).dropna().sort_index()


def fit_matrix(use: dict[str, np.ndarray], e5: dict[str, np.ndarray]) -> np.ndarray:
    """
    Return the ridge matrix (384, 512) from centred e5 to centred USE.

    The target of a sentence is the mean of its USE vectors over the eight languages, which is steadier than
    any one of them.
    """
    target = normalise(np.mean([use[language] for language in sorted(USE_LANGUAGES)], axis=0))
    x = np.concatenate([e5[language] for language in sorted(USE_LANGUAGES)])
    y = np.concatenate([target] * len(USE_LANGUAGES))
    return np.linalg.solve(x.T @ x + RIDGE * np.eye(x.shape[1]), x.T @ y)


def main() -> None:
    """Fit and write the asset."""
    sentences = read_sentences(Path(sys.argv[1]), "train")
    raw_use = {language: encode_use(sentences[language].tolist()) for language in sorted(USE_LANGUAGES)}
    raw_e5 = {language: encode_e5(sentences[language].tolist()) for language in EU_LANGUAGES}
    use_means = np.stack([raw_use[language].mean(axis=0) for language in sorted(USE_LANGUAGES)])
    e5_means = np.stack([raw_e5[language].mean(axis=0) for language in EU_LANGUAGES])
    centred_use = {k: v - v.mean(axis=0) for k, v in raw_use.items()}
    centred_e5 = {k: v - v.mean(axis=0) for k, v in raw_e5.items()}
    matrix = fit_matrix(centred_use, centred_e5)
    ASSET.parent.mkdir(exist_ok=True)
    np.savez_compressed(
        ASSET,
        use_means=use_means.astype(np.float16),
        e5_means=e5_means.astype(np.float16),
        e5_to_use=matrix.astype(np.float16),
    )
    print(f"{len(sentences)} sentences in {len(EU_LANGUAGES)} languages -> {ASSET} ({ASSET.stat().st_size:,} bytes)")


if __name__ == "__main__":
    main()
