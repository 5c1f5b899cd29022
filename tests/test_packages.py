"""A data package gives the same study again, bit for bit, and says where it does not."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile

import pandas as pd
import pytest

from consult.cli import main
from consult.errors import UserError
from consult.pipeline import Reproduced, run_from_package
from consult.pipeline.packages import differences
from consult.report.exports import export
from consult.report.exports.reading import read_package
from consult.study import Study


@pytest.fixture(scope="session")
def package(example_study, tmp_path_factory):
    """The example's data package."""
    path = tmp_path_factory.mktemp("package") / "package.zip"
    export(example_study, "package", path)
    return path


def rewritten(package, target, changes, *, sums=True):
    """Copy a package with some files changed, and its checksums with them if asked."""
    with zipfile.ZipFile(package) as archive:
        files = {name: archive.read(name) for name in archive.namelist()} | changes
    if sums:
        lines = [f"{hashlib.sha256(files[n]).hexdigest()}  {n}\n" for n in sorted(files) if n != "SHA256SUMS"]
        files["SHA256SUMS"] = "".join(lines).encode()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target


def test_every_table_is_the_same_on_a_fresh_study(package, tmp_path, capsys):
    arguments = ["run", "--from-package", str(package), "--study"]
    assert main([*arguments, str(tmp_path / "again")]) == 0
    assert "Every table is the same" in capsys.readouterr().out
    export(Study.open(tmp_path / "again"), "package", tmp_path / "again.zip")
    first, second = read_package(package), read_package(tmp_path / "again.zip")
    tables = [name for name in first.sums if name.startswith(("tables/", "data/"))]
    assert len(tables) > 40
    assert {name: first.sums[name] for name in tables} == {name: second.sums[name] for name in tables}
    assert main([*arguments, str(tmp_path / "again")]) == 1
    assert "not empty" in capsys.readouterr().err


def test_what_differs_is_named(example_study, package, tmp_path, capsys, monkeypatch):
    shares = read_package(package).table("theme_shares")
    shares.loc[0, "n"] += 1
    buffer = io.BytesIO()
    shares.to_parquet(buffer, index=False, compression="zstd")
    changed = rewritten(package, tmp_path / "p.zip", {"tables/theme_shares.parquet": buffer.getvalue()})
    assert differences(read_package(package), example_study) == {}
    differing = differences(read_package(changed), example_study)
    assert differing == {"theme_shares": f"1 of {len(shares)} rows differ, in n"}
    made = Reproduced(example_study, ("themes", "theme_shares"), differing, (("pandas", "1.0", "3.0"),))
    monkeypatch.setattr("consult.pipeline.run_from_package", lambda *_, **__: made)
    arguments = ["run", "--from-package", str(changed), "--study", str(tmp_path / "s")]
    assert main(arguments) == 1
    printed = capsys.readouterr().out
    assert "1 of 2 tables" in printed
    assert "theme_shares: 1 of" in printed
    assert "pandas 1.0 (here 3.0)" in printed
    assert main([*arguments, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["same"] is False


def test_a_changed_package_is_refused(package, tmp_path):
    changed = rewritten(package, tmp_path / "p.zip", {"codebook.yaml": b"codebook: other"}, sums=False)
    with pytest.raises(UserError, match=r"codebook\.yaml changed since the package was made"):
        run_from_package(changed, tmp_path / "s")
    assert not (tmp_path / "s").exists()
    (tmp_path / "no.zip").write_bytes(b"no zip")
    with pytest.raises(UserError, match="expected a data package"):
        run_from_package(tmp_path / "no.zip", tmp_path / "s")
    with pytest.raises(UserError, match="no such file"):
        run_from_package(tmp_path / "none.zip", tmp_path / "s")


def test_masked_texts_give_the_same_passages_and_taggings(tmp_path):
    from consult.pipeline import Options, ingest, run_stage, use_codebook
    from consult.report.exports.tables import gather

    source = tmp_path / "answers.csv"
    contact = "Write to ana.maria@example.org or call +32 2 123 45 67. Courses for adults are too expensive for us."
    frame = pd.DataFrame({"reference": [f"R{i}" for i in range(4)], "Your opinion": [contact, "Fees.", contact, "Yes"]})
    frame.to_csv(source, index=False)
    study = Study.create(tmp_path / "one")
    use_codebook(study, None)
    ingest([source], study, mapping={"reference": ["reference"], "text": ["Your opinion"]})
    stages = ("passages", "campaigns")
    for stage in stages:
        run_stage(study, stage, Options())
    masked = gather(study).tables
    assert "•" in masked["documents"]["text"].str.cat()
    again = Study.create(tmp_path / "two")
    again.write({"documents": masked["documents"], "responses": masked["responses"]})
    for stage in stages:
        run_stage(again, stage, Options())
    for name in ("passages", "campaigns", "campaign_members"):
        pd.testing.assert_frame_equal(again.read(name), masked[name])
