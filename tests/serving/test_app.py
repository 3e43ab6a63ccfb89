"""The server without a network: what it answers, and what it refuses."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from PIL import Image

pytest.importorskip("starlette.testclient", reason="needs the extra serve, and httpx")

from starlette.testclient import TestClient

from ocr_cli import Page, Reader, ReadOptions
from ocr_cli.errors import WorkerLostError
from ocr_cli.learning import adapt
from ocr_cli.serving import service as service_module
from ocr_cli.serving.app import make_app
from ocr_cli.serving.desk import Desk
from ocr_cli.serving.service import Limits, Service

SAMPLES = Path(__file__).parents[2] / "samples"
NOTE = (SAMPLES / "note.jpg").read_bytes()
SCHEMA = json.loads(resources.files("ocr_cli.writers").joinpath("page.schema.json").read_text("utf-8"))
LIMITS = Limits(max_bytes=2_000_000, max_pixels=4_000_000, max_pages=3, seconds=30)


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("learned") / "me.npz"


@pytest.fixture(scope="module")
def service(learned: Path) -> Service:
    return Service("block", ReadOptions(), LIMITS, learned)


@pytest.fixture(scope="module")
def client(service: Service) -> Iterator[TestClient]:
    desk, ended = Desk(), threading.Event()
    worker = threading.Thread(target=desk.work, args=[lambda: not ended.is_set()])
    worker.start()
    app = make_app(service, desk, ["127.0.0.1", "[::1]"])
    with TestClient(app, "http://127.0.0.1:8020", raise_server_exceptions=False) as made:
        yield made
    ended.set()
    worker.join()


def form(**files: bytes) -> dict[str, Any]:
    return {"files": [("picture", (name.replace("_", "."), content)) for name, content in files.items()]}


def png(width: int = 60, height: int = 40, **options: Any) -> bytes:
    file = io.BytesIO()
    Image.new("L", (width, height), 255).save(file, options.pop("format", "PNG"), **options)
    return file.getvalue()


def test_programs_get_the_json_of_the_command_line(client: TestClient) -> None:
    expected = Reader("block").read(NOTE, source="note.jpg").to_json() + "\n"
    raw = client.post("/read?name=scans/note.jpg", content=NOTE)
    assert (raw.status_code, raw.text) == (200, expected)
    assert raw.headers["content-type"] == "application/json"
    sent = client.post("/read", **form(note_jpg=NOTE))
    assert sent.text == expected
    assert client.post("/read", content=NOTE).json()["source"] == "<stdin>"


def test_all_pages_of_all_files_a_line_each(client: TestClient) -> None:
    pages = [Image.new("L", (60, 40), 255) for _ in range(2)]
    file = io.BytesIO()
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:])
    answer = client.post("/read", **form(a_png=png(), b_tif=file.getvalue()))
    lines = [json.loads(line) for line in answer.text.splitlines()]
    for line in lines:
        jsonschema.validate(line, SCHEMA)
    assert [(line["source"], line["frame"]) for line in lines] == [("a.png", 1), ("b.tif", 1), ("b.tif", 2)]
    assert answer.headers["content-type"] == "application/jsonl"


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (b"no picture", 422, "x.jpg: is not a picture in a known format"),
        (b"", 422, "x.jpg: is empty"),
        (png(3000, 2000), 422, "x.jpg: refused, more than 4000000 pixels"),
        (b"x" * 2_000_001, 413, "refused, more than 2,000,000 bytes"),
        (NOTE[: len(NOTE) // 2], 422, "x.jpg: is damaged"),
    ],
    ids=["text", "empty", "large", "long", "half"],
)
def test_what_cannot_be_read(client: TestClient, content: bytes, status: int, said: str) -> None:
    answer = client.post("/read?name=x.jpg", content=content)
    assert answer.status_code == status
    assert answer.json()["error"].startswith(said)


def test_a_request_that_does_not_say_how_long_it_is(client: TestClient) -> None:
    pieces = (b"x" * 100_000 for _ in range(30))
    assert client.post("/read", content=pieces).status_code == 413
    assert client.post("/read", content=(part for part in (NOTE[:1000], NOTE[1000:]))).status_code == 200


def test_too_many_pages(client: TestClient) -> None:
    file = io.BytesIO()
    pages = [Image.new("L", (60, 40), 255) for _ in range(4)]
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:])
    answer = client.post("/read?name=a.tif", content=file.getvalue())
    assert (answer.status_code, answer.json()["error"]) == (
        422,
        "a.tif: has 4 pages, and no more than 3 are read at once",
    )


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8020", ""])
def test_other_hosts_are_refused_whatever_they_ask(client: TestClient, host: str) -> None:
    """A name that somebody makes point to this computer."""
    for method, path in (("GET", "/"), ("GET", "/health"), ("POST", "/read")):
        assert client.request(method, path, headers={"Host": host}, content=b"").status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://127.0.0.1:8020", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_other_sites_are_refused(client: TestClient, headers: dict[str, str]) -> None:
    for path in ("/read", "/pages", "/pages/x/learn", "/pages/x/pdf"):
        answer = client.post(path, content=NOTE, headers=headers)
        assert (answer.status_code, answer.text) == (403, "refused: another site asks\n")


def test_our_own_page_and_programs_are_answered(client: TestClient) -> None:
    own = {"Origin": "http://127.0.0.1:8020", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/read", content=png(), headers=own).status_code == 200
    assert client.get("/health", headers={"Host": "[::1]:8020"}).status_code == 200


def test_answers_stay_with_this_page(client: TestClient) -> None:
    for answer in (client.get("/"), client.get("/health"), client.post("/read", content=b"")):
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in answer.headers


def test_health_says_what_reads(client: TestClient, service: Service) -> None:
    answer = client.get("/health").json()
    assert answer["status"] == "ok"
    assert answer["model"] == service.model
    assert answer["tool"].startswith("ocr_cli ")


def test_unknown_addresses_and_ways(client: TestClient) -> None:
    assert client.get("/etc/passwd").status_code == 404
    assert client.get("/read").status_code == 405
    assert client.post("/pages/nobody/docx", json={}).status_code == 404


def corrected(client: TestClient, **files: bytes) -> tuple[str, list[str], list[str]]:
    """The page to correct, names of what is kept, and what could not be read."""
    answer = client.post("/pages", **form(**files))
    assert answer.status_code == 200
    data = json.loads(answer.text.split('id="served">')[1].split("</script>")[0])
    return answer.text, data["pages"], data["failed"]


def test_what_is_dropped_becomes_a_page_to_correct(client: TestClient) -> None:
    text, kept, failed = corrected(client, note_jpg=NOTE, bad_txt=b"no picture")
    assert "DEAR ANNA" in text
    assert len(kept) == 1
    assert len(kept[0]) > 20
    assert failed == ["bad.txt: is not a picture in a known format"]
    assert "connect-src &#x27;self&#x27;" in text or "connect-src 'self'" in text


def test_if_nothing_can_be_read_it_is_said_why(client: TestClient) -> None:
    answer = client.post("/pages", **form(bad_txt=b"<script>alert(1)</script>"))
    assert answer.status_code == 422
    assert "<li>bad.txt: is not a picture in a known format</li>" in answer.text
    assert client.post("/pages", files={"other": b"x"}).status_code == 422
    broken = {"content-type": "multipart/form-data; boundary=x"}
    assert client.post("/pages", content=b"--y", headers=broken).status_code in (400, 422)


def test_what_was_corrected_is_written_in_each_format(client: TestClient) -> None:
    _, (name,), _ = corrected(client, note_jpg=NOTE)
    page = Reader("block").read(NOTE, source="note.jpg").to_dict()
    page["lines"][0]["words"][0]["characters"][0]["text"] = "F"
    assert client.post(f"/pages/{name}/text", json=page).text.startswith("FEAR ANNA\n")
    assert client.post(f"/pages/{name}/csv", json=page).text.splitlines()[1].startswith("note.jpg,1,1,1,FEAR")
    assert client.post(f"/pages/{name}/pdf", json=page).content.startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("change", "status"),
    [({"width": 5}, 400), ({"lines": 3}, 400), ({"frame": 2}, 400), ({"version": 99}, 400)],
)
def test_what_is_no_correction_of_the_page(client: TestClient, change: dict[str, Any], status: int) -> None:
    _, (name,), _ = corrected(client, a_png=png())
    page = Page(60, 40, source="a.png").to_dict()
    assert client.post(f"/pages/{name}/text", json=page).status_code == 200
    for path in ("text", "learn"):
        assert client.post(f"/pages/{name}/{path}", json=page | change).status_code == status
        assert client.post(f"/pages/{name}/{path}", content=b"{").status_code == 400
        assert client.post(f"/pages/{name}/{path}", content=b"[1]").status_code == 400
    assert client.post("/pages/nobody/text", json=page).status_code == 422


def test_only_the_last_pictures_are_kept(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_module, "_KEPT", 2)
    page = Page(60, 40, source="a.png").to_dict()
    names = [corrected(client, a_png=png())[1][0] for _ in range(3)]
    answers = [client.post(f"/pages/{name}/text", json=page).status_code for name in names]
    assert answers == [422, 200, 200]
    monkeypatch.setattr(service_module, "_KEPT_BYTES", 100)
    last = corrected(client, a_png=png())[1][0]
    assert client.post(f"/pages/{names[2]}/text", json=page).status_code == 422
    assert client.post(f"/pages/{last}/text", json=page).status_code == 200


def test_it_learns_from_what_was_corrected_and_reads_with_it(
    client: TestClient, service: Service, learned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapt, "SETTINGS", replace(adapt.SETTINGS, epochs=2, batch_size=32))
    monkeypatch.setattr(adapt, "BATCHES", 3)
    monkeypatch.setattr(adapt, "_WRITERS", 2)
    monkeypatch.setattr(adapt, "_better", lambda after, before: True)
    _, (name,), _ = corrected(client, table_jpg=(SAMPLES / "table.jpg").read_bytes())
    page = Reader("block").read(SAMPLES / "table.jpg", source="table.jpg").to_dict()
    answer = client.post(f"/pages/{name}/learn", json=page)
    assert answer.status_code == 200
    assert answer.json()["said"].startswith("learned from 44 characters; of ")
    assert learned.exists()
    assert client.get("/health").json()["model"] == str(learned)
    assert client.post("/read", content=NOTE).json()["model"] == "me"
    # A text that is not the page's teaches nothing.
    other = Reader("block").read(NOTE, source="note.jpg").to_dict()
    size = {"width": page["width"], "height": page["height"]}
    wrong = client.post(f"/pages/{name}/learn", json=other | size)
    assert wrong.status_code == 400
    assert "the transcript is not this page's" in wrong.json()["error"]


def test_a_fault_is_told_as_one(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*arguments: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(Service, "read", fault)
    answer = client.post("/read", content=NOTE)
    assert (answer.status_code, answer.json()) == (500, {"error": "a fault in ocr itself"})


def test_a_desk_does_one_thing_after_the_other_and_tells_what_was_raised() -> None:
    desk, done = Desk(), []

    def interrupt() -> None:
        raise KeyboardInterrupt

    futures = [desk.submit(lambda n=n: done.append(n) or n) for n in range(3)]
    bad = desk.submit(lambda: 1 // 0)
    cancelled = desk.submit(lambda: done.append("never"))
    cancelled.cancel()
    last = desk.submit(interrupt)
    with pytest.raises(KeyboardInterrupt):
        desk.work(lambda: True)
    assert [future.result() for future in futures] == done == [0, 1, 2]
    assert isinstance(bad.exception(), ZeroDivisionError)
    assert isinstance(last.exception(), WorkerLostError)
