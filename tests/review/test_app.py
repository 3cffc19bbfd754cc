"""What the server tells its page, and what it refuses to tell anyone else."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("starlette", reason="the extra `review` is not installed")
pytest.importorskip("httpx", reason="httpx, which drives the application, is not installed")

from starlette.testclient import TestClient

from cleaner.page import Label
from cleaner.review.app import LONGEST, STATIC, application
from cleaner.review.guard import HEADERS, MAX_BODY
from cleaner.training.samples import read_samples

from .conftest import RAIN, SNOW, TIDE, TOKEN, made, shelf_of

PORT = 8123
HOME = f"http://127.0.0.1:{PORT}"
KEY = {"Authorization": f"Bearer {TOKEN}"}
OWN = {**KEY, "Origin": HOME}


@pytest.fixture
def app(store):
    shelf = shelf_of(RAIN, SNOW, TIDE, skipped=(("a.pdf", "looks like a PDF document"),))
    return application(shelf, store, token=TOKEN, port=PORT)


@pytest.fixture
def client(app):
    with TestClient(app, base_url=HOME, headers=OWN) as client:
        yield client


@pytest.fixture
def stranger(app):
    with TestClient(app, base_url=HOME) as client:
        yield client


def decide(client, document, tab="one", seen=0, **rest):
    return client.post(f"/api/documents/{document.key}", json={"tab": tab, "seen": seen, **rest})


# -- what it tells -------------------------------------------------------------------------------


def test_the_documents_come_in_the_order_of_what_they_teach(client):
    answer = client.get("/api/documents").json()
    assert [x["id"] for x in answer["documents"]] == [RAIN.id, SNOW.id, TIDE.id]
    assert answer["skipped"] == [{"id": "a.pdf", "reason": "looks like a PDF document"}]
    assert answer["documents"][0] == {
        "key": RAIN.key,
        "id": RAIN.id,
        "site": "example.org",
        "title": "Rain is expected",
        "language": "en",
        "size": 6,
        "uncertain": 2,
        "corrected": 0,
        "done": False,
    }


def test_what_is_done_goes_last_and_makes_its_site_known(client):
    decide(client, RAIN, done=True)
    decide(client, SNOW, lines={"2": "junk"})
    found = client.get("/api/documents").json()["documents"]
    assert [x["key"] for x in found] == [TIDE.key, SNOW.key, RAIN.key]
    assert [x["done"] for x in found] == [False, False, True]
    assert {x["key"]: x["uncertain"] for x in found}[SNOW.key] == 0


def test_a_document_has_all_its_lines(client):
    decide(client, RAIN, lines={"4": "junk"})
    answer = client.get(f"/api/documents/{RAIN.key}").json()
    assert [line["text"] for line in answer["lines"]] == [v.line.text for v in RAIN.page.verdicts]
    assert answer["lines"][3] == {
        "number": 4,
        "text": "Two months ago",
        "more": 0,
        "blank": False,
        "found": "article",
        "chosen": "junk",
        "probability": 0.55,
        "uncertain": True,
        "reason": "because of 'Two month'",
    }


def test_the_preview_follows_the_labels(client):
    def preview():
        answer = client.get(f"/api/documents/{RAIN.key}/preview").json()
        return [paragraph["lines"] for paragraph in answer["paragraphs"]]

    assert preview() == [[2], [3], [4]]
    decide(client, RAIN, lines={"4": "junk", "1": "article"})
    assert preview() == [[1], [2], [3]]
    decide(client, RAIN, lines={"4": None})
    assert preview() == [[1], [2], [3], [4]]


def test_endless_lines_are_cut_for_the_eye_and_kept_in_the_export(store, tmp_path):
    endless = made("endless", ("x" * 3 * LONGEST, "article", 0.5))
    app = application(shelf_of(endless), store, token=TOKEN, port=PORT)
    with TestClient(app, base_url=HOME, headers=OWN) as client:
        (line,) = client.get(f"/api/documents/{endless.key}").json()["lines"]
        assert (len(line["text"]), line["more"]) == (LONGEST, 2 * LONGEST)
        decide(client, endless, done=True)
        (sample,) = exported(client, tmp_path)
        assert len(sample.lines[0].text) == 3 * LONGEST


def test_two_tabs_are_told_of_each_other(client):
    assert decide(client, RAIN, tab="one", lines={"4": "junk"}).json() == {
        "revision": 1,
        "changes": [],
    }
    told = decide(client, RAIN, tab="two", lines={"4": "spam", "5": "article"}).json()
    assert told == {
        "revision": 3,
        "changes": [{"revision": 1, "document": RAIN.key, "line": 4, "choice": "junk"}],
    }
    heard = client.get("/api/changes", params={"seen": 1, "tab": "one"}).json()
    assert [(x["line"], x["choice"]) for x in heard["changes"]] == [(4, "spam"), (5, "article")]
    assert client.get("/api/changes", params={"seen": 3, "tab": "one"}).json()["changes"] == []


def exported(client, tmp_path):
    path = tmp_path / "export.jsonl"
    path.write_bytes(client.get("/api/export").content)
    return list(read_samples(path))


def test_the_export_is_what_training_reads(client, tmp_path):
    decide(client, RAIN, lines={"4": "junk"}, done=True)
    decide(client, SNOW, lines={"2": "spam"})
    samples = exported(client, tmp_path)
    assert [(sample.id, sample.site) for sample in samples] == [
        (RAIN.id, "example.org"),
        (SNOW.id, "example.org"),
    ]
    assert samples[0].labels[3] is Label.JUNK
    assert samples[1].weights == (0.0, 1.0)


def test_the_export_of_nothing_is_empty(client):
    assert client.get("/api/export").content == b""


def test_text_of_any_kind_passes_unchanged(store):
    texts = [
        "<script>alert(1)</script>",
        "\x00\x07\x1b[31m",
        "\u202egnp.exe",
        "नमस्ते 你好 שלום",
        "\ufffd",
    ]
    hostile = made("hostile", *((text, "article", 0.5) for text in texts))
    app = application(shelf_of(hostile), store, token=TOKEN, port=PORT)
    with TestClient(app, base_url=HOME, headers=KEY) as client:
        answer = client.get(f"/api/documents/{hostile.key}")
        assert answer.headers["content-type"] == "application/json"
        assert [line["text"] for line in answer.json()["lines"]] == texts


MISTAKES = [
    ({"lines": {"4": "trash"}}, "an unknown label"),
    ({"lines": {"7": "junk"}}, "a line that is not there"),
    ({"lines": {"0": "done"}}, "the document by its line"),
    ({"lines": {"x": "junk"}}, "no number"),
    ({"lines": ["junk"]}, "a list"),
    ({"lines": {"4": 1}}, "a number for a label"),
    ({"lines": {"4": ["junk"]}}, "a list for a label"),
    ({"lines": {}}, "no line"),
    ({}, "nothing"),
    ({"seen": "x", "lines": {"4": "junk"}}, "no revision"),
]


@pytest.mark.parametrize(("sent", "comment"), MISTAKES, ids=[case[-1] for case in MISTAKES])
def test_mistakes_are_named_and_nothing_is_written(client, store, sent, comment):
    answer = decide(client, RAIN, **sent)
    assert answer.status_code == 400, comment
    assert answer.json()["error"].startswith("not a decision")
    assert store.revision == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b"1"])
def test_what_is_no_json_object_is_refused(client, body):
    answer = client.post(f"/api/documents/{RAIN.key}", content=body)
    assert answer.status_code == 400


def test_questions_without_sense_are_refused(client):
    assert client.get("/api/changes").status_code == 400
    assert client.get("/api/changes?seen=x&tab=y").status_code == 400
    assert client.get("/api/documents/none").status_code == 404
    assert client.put(f"/api/documents/{RAIN.key}").status_code == 405


# -- what it refuses -----------------------------------------------------------------------------

PRIVATE = [
    "/api/documents",
    f"/api/documents/{RAIN.key}",
    "/api/changes?seen=0&tab=x",
    "/api/export",
]


@pytest.mark.parametrize("path", PRIVATE)
@pytest.mark.parametrize(
    "header", [None, "Bearer", "Bearer wrong", TOKEN, f"Bearer {TOKEN}x", "Bearer \u00e9"]
)
def test_without_the_token_nothing_is_told(stranger, path, header):
    headers = {} if header is None else {"Authorization": header.encode("latin-1")}
    answer = stranger.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.json() == {"error": "open the address that the command printed"}


def test_the_page_itself_holds_no_secret(stranger):
    for path in ("/", "/app.js", "/style.css", "/icon.svg"):
        answer = stranger.get(path)
        assert answer.status_code == 200
        assert TOKEN not in answer.text
        assert "Rain" not in answer.text


HOSTS = [
    "example.com",
    f"example.com:{PORT}",
    "127.0.0.1",
    f"127.0.0.1:{PORT + 1}",
    f"127.0.0.1.example.com:{PORT}",
    f"0.0.0.0:{PORT}",
    f"[::1]:{PORT}",
    "",
]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", ["/", "/app.js", "/api/documents", "/none"])
def test_another_host_is_refused(client, host, path):
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == 421
    assert "127.0.0.1" in answer.json()["error"]


def test_two_hosts_are_refused(client):
    hosts = [("Host", f"127.0.0.1:{PORT}"), ("Host", "example.com")]
    assert client.get("/", headers=hosts).status_code == 421


def test_localhost_is_this_host(client):
    headers = {"Host": f"localhost:{PORT}", "Origin": f"http://localhost:{PORT}"}
    assert client.get("/api/documents", headers=headers).status_code == 200
    answer = client.post(
        f"/api/documents/{RAIN.key}",
        json={"tab": "one", "seen": 0, "lines": {"4": "junk"}},
        headers=headers,
    )
    assert answer.status_code == 200


ORIGINS = [
    None,
    "null",
    "http://example.com",
    f"https://127.0.0.1:{PORT}",
    f"http://127.0.0.1:{PORT + 1}",
    f"http://localhost:{PORT}",
    f"http://127.0.0.1:{PORT}.example.com",
]


@pytest.mark.parametrize("origin", ORIGINS)
def test_another_origin_may_not_write(stranger, store, origin):
    headers = KEY if origin is None else {**KEY, "Origin": origin}
    body = {"tab": "one", "seen": 0, "lines": {"4": "junk"}}
    answer = stranger.post(f"/api/documents/{RAIN.key}", json=body, headers=headers)
    assert answer.status_code == 403
    assert store.revision == 0


def test_a_large_body_is_refused_unread(client):
    path = f"/api/documents/{RAIN.key}"
    assert client.post(path, content=b"x" * (MAX_BODY + 1)).status_code == 413
    assert client.post(path, content=iter([b"{}"])).status_code == 413, "of unknown length"
    assert client.post(path, content=b"{}", headers={"Content-Length": "-1"}).status_code == 413


ANSWERS = [
    "/",
    "/app.js",
    "/api/documents",
    "/api/export",
    "/none",
    "/api/none",
    "/api/documents/none",
]


@pytest.mark.parametrize("path", ANSWERS)
def test_every_answer_is_sealed(client, stranger, path):
    for answer in (client.get(path), stranger.get(path), client.get(path, headers={"Host": "x"})):
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert "access-control-allow-origin" not in answer.headers


def test_a_fault_tells_nothing_and_is_sealed(app, store):
    store.close()
    with TestClient(app, base_url=HOME, headers=OWN, raise_server_exceptions=False) as client:
        answer = client.get("/api/documents")
    assert answer.status_code == 500
    assert "sqlite" not in answer.text
    assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]


def test_the_policy_allows_no_text_to_become_a_program():
    policy = dict(x.strip().split(" ", 1) for x in HEADERS["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert HEADERS["Cache-Control"] == "no-store"


def test_the_page_keeps_its_policy():
    html = (STATIC / "index.html").read_text()
    assert not re.search(r"<[^>]*\s(style|on\w+)=", html)
    for path in STATIC.iterdir():
        text = path.read_text().replace("http://www.w3.org/2000/svg", "")
        assert "innerHTML" not in text
        assert "://" not in text, "no request leaves"


ESCAPES = [
    "/../app.py",
    "/..%2fapp.py",
    "/%2e%2e/app.py",
    "/..\\app.py",
    "/static/../../store.py",
    "//etc/passwd",
    "/%2fetc/passwd",
    "/....//app.py",
    "/%00",
    "/labels.sqlite",
]


@pytest.mark.parametrize("path", ESCAPES)
def test_no_path_leads_out(app, path):
    with TestClient(app, base_url=HOME, headers=OWN, raise_server_exceptions=False) as client:
        answer = client.get(path)
    assert answer.status_code == 404
    assert "import" not in answer.text


def test_the_folder_that_is_served_holds_only_the_page():
    assert {path.name for path in STATIC.iterdir()} == {
        "api.js",
        "app.js",
        "icon.svg",
        "index.html",
        "map.js",
        "palette.css",
        "preview.js",
        "style.css",
        "text.js",
    }
