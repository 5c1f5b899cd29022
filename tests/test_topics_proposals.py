"""Labels proposed by a language model: what is sent, that nothing is sent unasked, and that no label changes by it."""

from __future__ import annotations

import json
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from consult.cli import main
from consult.errors import UserError
from consult.pipeline.proposing import label_proposals
from consult.study import Study
from consult.topics.proposals import Request, propose


class Service:
    """An OpenAI-compatible service on this machine; keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None, dict]] = []
        self.status, self.answer = 200, "“Recognised evening courses”\n"
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                service.asked.append((self.path, self.headers.get("Authorization"), body))
                content = {"choices": [{"message": {"role": "assistant", "content": service.answer}}]}
                self.send_response(service.status)
                self.end_headers()
                self.wfile.write(json.dumps(content).encode())

            def log_message(self, *_words) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def service(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "OPENAI_API_KEY", "CONSULT_LLM_KEY"):
        monkeypatch.delenv(name, raising=False)
    made = Service()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def copy(example_study, tmp_path):
    shutil.copytree(example_study.path, tmp_path / "study")
    return Study.open(tmp_path / "study")


def test_nothing_is_sent_unless_someone_said_yes(copy, service, capsys):
    asked = ["topics", "--study", str(copy.path), "--propose-labels", service.url, "--model", "tiny"]
    assert main(asked) == 1
    words = capsys.readouterr().err
    assert "would be sent" in words
    assert "--yes" in words
    assert service.asked == []


def test_proposals_stand_beside_the_labels_until_a_person_takes_them_over(copy, service, capsys, monkeypatch):
    monkeypatch.setenv("CONSULT_LLM_KEY", "secret")
    before = copy.read("topics")
    ask = ["topics", "--study", str(copy.path), "--propose-labels", service.url, "--model", "tiny", "--yes"]
    assert main(ask) == 0
    assert copy.read("topics").equals(before)
    assert len(service.asked) == (~before["is_outlier"]).sum()
    path, key, body = service.asked[0]
    assert (path, key, body["model"]) == ("/v1/chat/completions", "Bearer secret", "tiny")
    assert set(json.loads(body["messages"][1]["content"])) == {"label so far", "terms", "passages"}
    assert "(proposed: Recognised evening courses)" in capsys.readouterr().out
    assert "secret" not in (copy.path / "label_proposals.jsonl").read_text()
    topic = min(label_proposals(copy))
    assert main(["topics", "rename", topic, "Recognised evening courses", "--study", str(copy.path)]) == 0
    assert topic not in label_proposals(copy)
    assert len(copy.lines("edits.jsonl")) == 1


def _one(label: str = "Old") -> list[Request]:
    return [Request("t-1", label, ({"role": "user", "content": "{}"},), 0)]


@pytest.mark.parametrize("answer", ["", "   \n", "one two three four five six seven", "x" * 200, "Old"])
def test_answers_that_are_no_label_are_left_out(service, answer):
    service.answer = answer
    assert list(propose(_one(), service.url, "tiny", when="")) == []


def test_a_service_that_refuses_or_is_not_there_is_named(service):
    service.status = 401
    with pytest.raises(UserError, match=r"401.*CONSULT_LLM_KEY"):
        list(propose(_one(), service.url, "tiny", when=""))
    with pytest.raises(UserError, match="cannot be reached"):
        list(propose(_one(), "http://127.0.0.1:9/v1", "tiny", when=""))
    with pytest.raises(UserError, match="cannot be reached"):
        list(propose(_one(), "nonsense", "tiny", when=""))
