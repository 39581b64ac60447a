"""The local server: it serves one folder below one path, and says what is wrong."""

from __future__ import annotations

import gzip
import socket
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlparse

import pytest

from press.serve import LAB_POLICY, POLICY, main, running, start


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    (folder / "lab").mkdir(parents=True)
    for name in ("index.html", "404.html", "script.js", "lab/page.html"):
        (folder / name).write_text(name)
    (tmp_path / "secret").write_text("secret")
    return folder


def get(url: str, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection(urlparse(url).netloc)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


def test_every_answer_carries_the_policy_and_the_labs_what_python_needs(site: Path) -> None:
    answers = {"": 200, "script.js": 200, "nowhere": 404, "lab/page.html": 200}
    with running(site, "/book/") as url:
        for path, status in answers.items():
            response, _ = get(url, f"/book/{path}")
            policy = LAB_POLICY if path.startswith("lab/") else POLICY
            assert (response.status, response.getheader("Content-Security-Policy")) == (status, policy)
    assert "http" not in LAB_POLICY, "nothing from elsewhere there either"


def test_text_is_compressed_for_those_who_accept_it(site: Path) -> None:
    with running(site, "/book/") as url:
        response, body = get(url, "/book/", **{"Accept-Encoding": "gzip, br"})
        assert (response.getheader("Content-Encoding"), gzip.decompress(body)) == ("gzip", b"index.html")
        response, body = get(url, "/book/")
        assert (response.getheader("Content-Encoding"), body) == (None, b"index.html")


def test_a_request_by_https_is_refused_in_silence(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running(site) as url, socket.create_connection(urlparse(url).netloc.split(":")) as client:
        client.sendall(bytes.fromhex("16030100050100000100") + b"\r\n\r\n")
        assert b"400" in client.recv(1000)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("folder", "port", "said"),
    [
        ("lab", 0, "no index.html: build the site first"),
        (".", 70000, "port 70000: .*must be 0-65535.*; name another by --port"),
        (".", 0, "port .*in use.*; name another by --port"),
    ],
)
def test_what_cannot_be_served_is_said_with_the_way_out(
    site: Path, folder: str, port: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with start(site, 0) as other:
        port = port or other.server_port
        monkeypatch.setattr("sys.argv", ["serve.py", str(site / folder), "--port", str(port)])
        with pytest.raises(SystemExit, match=said):
            main()


@pytest.mark.parametrize("path", ["/book/../secret", "/book/%2e%2e/secret", "/secret", "/index.html"])
def test_nothing_outside_the_folder_or_the_path_is_served(site: Path, path: str) -> None:
    with running(site, "/book/") as url:
        assert get(url, "/book/")[1] == b"index.html"
        assert get(url, path)[0].status == 404
