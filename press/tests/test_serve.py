"""The local server: it finds a port, serves one folder below one path, and says what is wrong."""

from __future__ import annotations

import gzip
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import urlopen

import pytest

from press.serve import LAB_POLICY, POLICY, running, start


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    for name in ("index.html", "404.html", "script.js"):
        (folder / name).write_text(name)
    (tmp_path / "secret").write_text("secret")
    return folder


def get(url: str, path: str) -> tuple[HTTPResponse, str]:
    connection = HTTPConnection(urlparse(url).netloc)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response, body


def test_a_port_in_use_is_passed_over(site: Path) -> None:
    with start(site, 0) as first, start(site, first.server_port) as second:
        assert second.server_port > first.server_port


def test_a_folder_that_is_not_built_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make book"):
        start(tmp_path)


def test_every_answer_carries_the_policy(site: Path) -> None:
    with running(site) as url:
        for path, status in (("/", 200), ("/script.js", 200), ("/nowhere", 404)):
            response, _ = get(url, path)
            assert (response.status, response.getheader("Content-Security-Policy")) == (status, POLICY)


def test_the_lab_alone_may_run_what_python_in_a_browser_needs(site: Path) -> None:
    (site / "lab").mkdir()
    (site / "lab" / "page.html").write_text("<p>lab</p>")
    with running(site, "/kl/") as address:
        policies = {
            path: urlopen(address + path).headers["Content-Security-Policy"]
            for path in ("index.html", "lab/page.html")
        }
    assert policies == {"index.html": POLICY, "lab/page.html": LAB_POLICY}
    assert "http" not in LAB_POLICY, "nothing from elsewhere there either"


def test_scripts_are_called_scripts_whatever_the_system_says(site: Path) -> None:
    with running(site) as url:
        assert get(url, "/script.js")[0].getheader("Content-Type") == "text/javascript"


def test_text_is_compressed_for_those_who_accept_it(site: Path) -> None:
    with running(site, "/kl/") as url:
        connection = HTTPConnection(urlparse(url).netloc)
        for path, text in (("/kl/", b"index.html"), ("/kl/script.js", b"script.js")):
            connection.request("GET", path, headers={"Accept-Encoding": "gzip, br"})
            response = connection.getresponse()
            assert response.getheader("Content-Encoding") == "gzip"
            assert response.getheader("Content-Security-Policy") == POLICY
            assert gzip.decompress(response.read()) == text
        connection.close()
        response, body = get(url, "/kl/")
        assert (response.getheader("Content-Encoding"), body) == (None, "index.html")


def test_a_missing_address_shows_the_sites_own_page(site: Path) -> None:
    with running(site) as url:
        assert get(url, "/deep/nowhere")[1] == "404.html"


@pytest.mark.parametrize("path", ["/kl/../secret", "/kl/%2e%2e/secret", "/secret", "/index.html"])
def test_nothing_outside_the_folder_or_the_path_is_served(site: Path, path: str) -> None:
    with running(site, "/kl/") as url:
        assert get(url, "/kl/")[1] == "index.html"
        assert get(url, path)[0].status == 404
