"""``ocr serve`` as a process: its address, a burst of requests, its end. What it answers: tests/serving."""

from __future__ import annotations

import http.client
import importlib.util
import json
import re
import signal
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

pytest.importorskip("uvicorn", reason="needs the extra serve")
pytest.importorskip("starlette", reason="needs the extra serve")

BURST = 200


@pytest.fixture
def server(process, tmp_path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A server whose reader reads AB 1 on whatever has two colours, and its port."""
    started = process(
        *("serve", "--port", "0", "--timeout", "20", "--max-bytes", "1M"),
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    said = started.stderr.readline()
    port = int(re.fullmatch(r"ocr: reading at http://127\.0\.0\.1:(\d+)/ until Ctrl-C\n", said)[1])
    yield started, port
    if started.poll() is None:
        started.kill()
    started.wait()
    started.stderr.close()


def ask(port: int, method: str, path: str, content: bytes | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, content)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_a_burst_of_requests_is_answered_whole(server, picture) -> None:
    _, port = server
    good, bad = picture("a.png").read_bytes(), b"no picture"

    def one(number: int) -> tuple[int, bytes]:
        if number % 10 == 7:
            return ask(port, "POST", "/read", bad)
        return ask(port, "POST", f"/read?name={number}.png", good)

    with ThreadPoolExecutor(40) as crowd:
        answers = list(crowd.map(one, range(BURST)))
    assert Counter(status for status, _ in answers) == {200: 180, 422: 20}
    for number, (status, content) in enumerate(answers):
        data = json.loads(content)
        if status == 200:
            # Nobody got another one's answer.
            assert (data["source"], data["text"]) == (f"{number}.png", "AB 1")
    assert ask(port, "GET", "/health")[0] == 200


def test_health_is_told_while_a_page_is_read_and_what_takes_too_long_is_given_up(process, picture) -> None:
    started = process("serve", "--port", "0", "--timeout", "3", stderr=subprocess.PIPE, text=True)
    try:
        port = int(re.search(r":(\d+)/", started.stderr.readline())[1])
        with ThreadPoolExecutor(1) as other:
            slow = other.submit(ask, port, "POST", "/read?name=slow.png", picture("slow.png").read_bytes())
            assert ask(port, "GET", "/health")[0] == 200
            status, content = slow.result()
        assert (status, json.loads(content)["error"]) == (504, "slow.png: given up after 3 seconds")
        assert ask(port, "POST", "/read?name=a.png", picture("a.png").read_bytes())[0] == 200
    finally:
        started.kill()
        started.wait()
        started.stderr.close()


def test_content_that_does_not_come_is_given_up(process, picture) -> None:
    started = process("serve", "--port", "0", "--timeout", "1", stderr=subprocess.PIPE, text=True)
    try:
        port = int(re.search(r":(\d+)/", started.stderr.readline())[1])
        with socket.create_connection(("127.0.0.1", port), timeout=60) as waiting:
            waiting.sendall(b"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nabc")
            assert waiting.recv(100).startswith(b"HTTP/1.1 408 ")
    finally:
        started.kill()
        started.wait()
        started.stderr.close()


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_it_ends_when_it_is_asked_to(server, number: int, status: int) -> None:
    started, port = server
    assert ask(port, "GET", "/")[0] == 200
    started.send_signal(number)
    assert started.wait(30) == status
    assert "Traceback" not in started.stderr.read()
    with pytest.raises(OSError, match="refused"):
        ask(port, "GET", "/health")


def test_a_port_that_is_taken(ocr, fake_reader) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = ocr("serve", "--port", taken.getsockname()[1])
    assert result.status == 4
    assert "cannot be listened on" in result.err
    assert len(result.err.splitlines()) == 1


@pytest.mark.parametrize(
    "wrong", [["--port", "70000"], ["--max-bytes", "0"], ["--timeout", "0"], ["surplus"]]
)
def test_wrong_usage(ocr, wrong) -> None:
    assert ocr("serve", *wrong).status == 2


def test_without_its_extra_it_says_what_to_install(ocr, monkeypatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: (name != "uvicorn" and find(name)) or None)
    result = ocr("serve")
    assert result.status == 5
    assert result.err == (
        "ocr: error: Pages for a browser need uvicorn, which is not installed: pip install 'ocr_cli[serve]'\n"
    )
