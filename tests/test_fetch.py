"""Downloading from the portal, against a server on this machine that answers as the portal did."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from consult.cli import main
from consult.errors import UserError
from consult.ingest import read_sources
from consult.ingest.fetch import fetch_feedback, publications_of
from consult.ingest.fetch_client import Portal


def record(number, *attachments, **more):
    base = {
        "id": number, "referenceInitiative": "Ares(2020)1", "dateFeedback": "2020/09/10 23:50:28", "language": "EN",
        "feedback": f"Learning must be open to all, says number {number}.", "userType": "NGO", "country": "BEL",
        "companySize": "MICRO", "publication": "WITHINFO", "status": "PUBLISHED", "firstName": "Ana",
        "surname": "Someone", "login": "ana", "organization": "Equinet", "publicationId": 14488,
        "attachments": [
            {"id": 1, "fileName": name, "documentId": document, "size": 10} for document, name in attachments
        ],
    }  # fmt: skip
    return base | more


class Server:
    """Holds what is answered; `faults` are given once each, before the right answer."""

    def __init__(self):
        self.records = [record(n) for n in range(1, 8)]
        self.documents = {}
        self.faults = {}
        self.asked = []
        self.envelope = "content"
        self.grow_after = None
        self.initiative = {"publications": []}
        handler = type("Handler", (Handler,), {"server_state": self})
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def page(self, number, size):
        if self.grow_after == len([a for a in self.asked if "page" in a]):
            self.records = [*(record(n) for n in range(101, 104)), *self.records]
            self.grow_after = None
        part = self.records[number * size : (number + 1) * size]
        about = {"totalPages": -(-len(self.records) // size), "totalElements": len(self.records), "size": size}
        if self.envelope == "content":
            return {"content": part, **about}
        return {"_embedded": {"feedback": part}, "page": about} if part else {"page": about}


class Handler(BaseHTTPRequestHandler):
    server_state: Server

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        state, address = self.server_state, urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(address.query).items()}
        what = f"page {query['page']}" if "page" in query else address.path.rsplit("/", 1)[-1]
        state.asked.append(what)
        fault = state.faults[what].pop(0) if state.faults.get(what) else None
        if isinstance(fault, int):
            self.send_response(fault)
            if fault == 429:
                self.send_header("Retry-After", "7")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if "page" in query:
            body = json.dumps(state.page(int(query["page"]), int(query["size"]))).encode()
        elif "groupInitiatives" in address.path:
            body = json.dumps(state.initiative).encode()
        elif what in state.documents:
            body = state.documents[what]
        else:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(body) // 2 if fault == "no json" else len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if fault else body)


@pytest.fixture
def server():
    state = Server()
    yield state
    state.http.shutdown()
    state.http.server_close()


@pytest.fixture
def naps():
    return []


@pytest.fixture
def portal(server, naps):
    with Portal(server.url, pause=0, sleep=naps.append) as opened:
        yield opened


def ids(fetched):
    return [r["id"] for r in json.loads(fetched.path.read_text(encoding="utf-8"))["content"]]


@pytest.mark.parametrize("envelope", ["content", "_embedded"])
def test_all_pages_of_either_envelope_become_a_file_that_ingest_reads(server, portal, tmp_path, envelope):
    server.envelope = envelope
    done = fetch_feedback("14488", tmp_path, portal, page_size=3)
    assert (done.n_responses, done.n_pages, done.n_asked) == (7, 3, 3)
    assert ids(done) == [1, 2, 3, 4, 5, 6, 7]
    found = read_sources([done.path])
    assert list(found.sources["format"]) == ["hys_api"]
    assert sorted(found.responses["reference"], key=int) == [str(n) for n in range(1, 8)]


def test_faults_are_asked_for_again_and_waits_grow(server, portal, naps, tmp_path):
    server.faults = {"page 0": [500, 429, 503], "page 1": ["cut off"], "page 2": ["no json"]}
    done = fetch_feedback("14488", tmp_path, portal, page_size=3)
    assert ids(done) == [1, 2, 3, 4, 5, 6, 7]
    assert naps == [1.0, 7.0, 4.0, 1.0, 1.0]


def test_a_portal_that_stays_away_ends_in_one_sentence_and_the_next_run_goes_on(server, portal, tmp_path):
    server.faults = {"page 2": [500] * 6}
    with pytest.raises(UserError, match=r"no answer after 6 tries \(status 500\)"):
        fetch_feedback("14488", tmp_path, portal, page_size=3)
    server.asked.clear()
    done = fetch_feedback("14488", tmp_path, portal, page_size=3)
    assert server.asked == ["page 2"]
    assert ids(done) == [1, 2, 3, 4, 5, 6, 7]
    server.asked.clear()
    assert fetch_feedback("14488", tmp_path, portal, page_size=3).n_asked == 0
    assert server.asked == []


@pytest.mark.parametrize("grow_after", [2, 3])
def test_pages_from_before_the_feedback_grew_are_asked_for_again(server, portal, tmp_path, grow_after):
    server.grow_after = grow_after
    done = fetch_feedback("14488", tmp_path, portal, page_size=3)
    assert sorted(ids(done)) == [1, 2, 3, 4, 5, 6, 7, 101, 102, 103]
    assert done.n_pages == 4
    assert "from 3 to 4" in done.notes[0]


def test_new_feedback_is_asked_for_again_on_request(server, portal, tmp_path):
    fetch_feedback("14488", tmp_path, portal, page_size=3)
    server.records = [record(99), *server.records]
    assert 99 not in ids(fetch_feedback("14488", tmp_path, portal, page_size=3))
    assert 99 in ids(fetch_feedback("14488", tmp_path, portal, page_size=3, again=True))


def test_names_of_persons_are_not_kept_unless_asked_for(server, portal, tmp_path):
    fetch_feedback("14488", tmp_path / "a", portal)
    assert not any(b"Someone" in p.read_bytes() for p in (tmp_path / "a").rglob("*") if p.is_file())
    kept = fetch_feedback("14488", tmp_path / "b", portal, keep_names=True)
    assert "Someone" in kept.path.read_text(encoding="utf-8")


def test_attachments_are_saved_once_under_safe_names_and_read_by_ingest(server, portal, tmp_path):
    server.records = [
        record(1, ("doc-a", "../../paper.txt"), ("doc-b", "gone.pdf")),
        record(2, ("doc-c", "paper.docx")),
    ]
    text = b"Our position: learning accounts must be open to people without a job, whatever their status is."
    server.documents = {"doc-a": text, "doc-c": b"%PDF-1.4 broken"}
    server.faults = {"doc-a": ["cut off"]}
    done = fetch_feedback("14488", tmp_path, portal)
    assert sorted(p.name for p in (tmp_path / "attachments").iterdir()) == ["doc-a_paper.txt", "doc-c_paper.pdf"]
    assert (done.n_attachments, done.n_saved) == (3, 2)
    assert done.failed == (("gone.pdf", "1", "the portal does not give it (status 404)"),)
    for given in (done.path, tmp_path):
        found = read_sources([given])
        assert len(found.responses) == 2
        assert any("whatever their status" in t for t in found.attachments["text"])
    server.asked.clear()
    fetch_feedback("14488", tmp_path, portal)
    assert server.asked == ["doc-b"]


def test_attachments_without_an_answer_do_not_stop_the_rest(server, portal, tmp_path):
    server.records = [record(n, (f"doc-{n}", "paper.txt")) for n in range(1, 7)]
    server.faults = {f"doc-{n}": [503] * 6 for n in range(1, 5)}
    server.documents = {f"doc-{n}": b"words" for n in range(1, 7)}
    done = fetch_feedback("14488", tmp_path, portal)
    assert (done.n_responses, done.n_saved, len(done.failed)) == (6, 0, 6)
    assert done.failed[-1][2].startswith("not asked for")
    assert fetch_feedback("14488", tmp_path, portal).n_saved == 5
    assert fetch_feedback("14488", tmp_path, portal).n_saved == 6


def test_requests_keep_a_pause_between_them(server, tmp_path):
    naps, now = [], [0.0]

    def sleep(seconds):
        naps.append(seconds)
        now[0] += seconds

    with Portal(server.url, pause=0.5, sleep=sleep, clock=lambda: now[0]) as portal:
        fetch_feedback("14488", tmp_path, portal, page_size=3)
    assert naps == [0.5, 0.5]


def test_what_is_not_there_is_said_in_one_sentence(server, portal, tmp_path):
    server.faults = {"page 0": [404]}
    with pytest.raises(UserError, match=r"publication 5: .*--initiative"):
        fetch_feedback("5", tmp_path, portal)
    with pytest.raises(UserError, match="not a number"):
        fetch_feedback("../5", tmp_path, portal)
    server.faults = {"12876": [404]}
    with pytest.raises(UserError, match="initiative 12876"):
        publications_of("12876", portal)


def test_no_feedback_at_all(server, portal, tmp_path):
    server.records, server.envelope = [], "_embedded"
    done = fetch_feedback("12876", tmp_path, portal)
    assert done.n_responses == 0
    assert "--initiative 12876" in done.notes[0]


def test_the_command_lists_publications_and_downloads(server, tmp_path, capsys, monkeypatch):
    server.initiative = {
        "publications": [
            {"id": 14488, "type": "PROP_REG", "title": "Draft act", "receivingFeedbackStatus": "CLOSED",
             "totalFeedback": 7, "publishedDate": "2021/04/21 10:00:00"},
        ]
    }  # fmt: skip
    monkeypatch.setenv("CONSULT_FETCH_URL", server.url)
    assert main(["fetch", "--initiative", "https://example.eu/have-your-say/initiatives/12527-AI_en"]) == 0
    words = capsys.readouterr().out
    assert "14488" in words
    assert "Draft act" in words
    assert main(["fetch", "14488", "--out", str(tmp_path / "down"), "--pause", "0", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["n_responses"], found["n_pages"]) == (7, 1)
    assert main(["fetch", "--out", str(tmp_path)]) == 1
    assert "--initiative" in capsys.readouterr().err


def test_an_attachment_is_joined_to_the_response_that_names_it(server, portal, tmp_path):
    """Two files of the same name: each goes to its own response."""
    server.records = [record(n, (f"0901{n}", "position paper.txt")) for n in (1, 2)]
    server.documents = {f"0901{n}": f"The position of respondent {n} on learning accounts.".encode() for n in (1, 2)}
    done = fetch_feedback("14488", tmp_path, portal)
    found = read_sources([done.path])
    references = dict(zip(found.responses["response_id"], found.responses["reference"], strict=True))
    assert len(found.attachments) == 2
    for response, text in zip(found.attachments["response_id"], found.attachments["text"], strict=True):
        assert f"respondent {references[response]} " in text
