"""What has been downloaded so far, so that a download goes on where it stopped."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from consult.errors import UserError
from consult.ingest.fetch_client import Page

FOLDER = ".consult-fetch"


def write_whole(path: Path, content: bytes) -> None:
    """
    Write a file so that it is there whole or not at all.

    Raises:
        UserError: It cannot be written.
    """
    temporary = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        message = (
            f"{path}: cannot be written ({error.strerror or error}); expected a folder that you may write to. "
            "Choose another folder with --out, or free some space."
        )
        raise UserError(message) from error


class State:
    """
    Pages and attachments of one publication that lie in the folder, in hidden files beside the result.

    Pages downloaded with another page size or from another address are not used.
    """

    def __init__(self, out: Path, publication_id: str, base_url: str, size: int) -> None:
        self.out = out
        self.folder = out / FOLDER / publication_id
        self._path = self.folder / "state.json"
        fresh: dict[str, Any] = {"base_url": base_url, "size": size, "latest": None, "pages": {}, "documents": {}}
        kept = self._read()
        same = kept is not None and (kept.get("base_url"), kept.get("size")) == (base_url, size)
        self._state: dict[str, Any] = {**fresh, **kept} if same and kept else fresh

    def _read(self) -> dict[str, Any] | None:
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return kept if isinstance(kept, dict) else None

    def forget_pages(self) -> None:
        """Ask for all pages anew; attachments stay, since a document never changes under its id."""
        self._state |= {"latest": None, "pages": {}}
        for path in self.folder.glob("page-*.json"):
            path.unlink()

    @property
    def total_pages(self) -> int | None:
        """Pages there are, as the latest answer said; None before the first."""
        return self._state["latest"][0] if self._state["latest"] else None

    @property
    def n_kept(self) -> int:
        """Pages that are as the latest answer says."""
        return (self.total_pages or 0) - len(self.to_ask()) if self._state["latest"] else 0

    def to_ask(self) -> list[int]:
        """Return the pages that are absent, or came before the feedback grew or shrank."""
        latest = self._state["latest"]
        if latest is None:
            return [0]
        pages = self._state["pages"]
        return [n for n in range(latest[0]) if pages.get(str(n)) != latest or not self._page(n).exists()]

    def keep_page(self, number: int, page: Page) -> None:
        """Keep a page that was downloaded."""
        content = json.dumps(list(page.records), ensure_ascii=False)
        write_whole(self._page(number), content.encode("utf-8", "surrogatepass"))
        self._state["latest"] = list(page.signature)
        self._state["pages"][str(number)] = list(page.signature)
        self._save()

    def records(self) -> list[dict[str, Any]]:
        """
        Return the feedback of all pages, in their order, each once.

        Feedback that came in during the download pushes others to the next page, where they are met again.
        """
        found: dict[str, dict[str, Any]] = {}
        for path in sorted(self.folder.glob("page-*.json")):
            for record in json.loads(path.read_text(encoding="utf-8", errors="surrogatepass")):
                key = str(record.get("id") or json.dumps(record, sort_keys=True))
                found.setdefault(key, record)
        return list(found.values())

    def saved(self, document_id: str) -> str | None:
        """Return the file name of an attachment that is there."""
        name = self._state["documents"].get(document_id)
        return name if isinstance(name, str) and (self.out / "attachments" / name).is_file() else None

    def keep_document(self, document_id: str, name: str, content: bytes) -> None:
        """Keep an attachment that was downloaded."""
        write_whole(self.out / "attachments" / name, content)
        self._state["documents"][document_id] = name
        self._save()

    def remove(self) -> None:
        """Delete what was kept for resuming."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _page(self, number: int) -> Path:
        return self.folder / f"page-{number:06d}.json"

    def _save(self) -> None:
        write_whole(self._path, json.dumps(self._state, ensure_ascii=False, sort_keys=True).encode())
