"""Serve the built book on this machine.

    python press/serve.py                  _build/html at http://127.0.0.1:8000/
    python press/serve.py --port 9000
    python press/serve.py some/folder

Every answer carries the policy that the pages state themselves: nothing from any other origin. A missing address
answers with the book's own 404 page, as on a static host.
"""

from __future__ import annotations

import argparse
import gzip
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, BinaryIO

POLICY = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
# The lab runs Python: it compiles WebAssembly, starts workers, and its widgets are modules made at run time.
LAB = "lab/"
LAB_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval' blob: data:; worker-src 'self' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' data: blob:"
)
HOST = "127.0.0.1"
PORT = 8000
COMPRESSED = {".html", ".css", ".js", ".mjs", ".wasm", ".svg", ".json", ".txt", ".ipynb"}


@lru_cache(maxsize=256)
def _compressed(path: Path, changed: int) -> bytes:
    return gzip.compress(path.read_bytes(), 6)


class Handler(SimpleHTTPRequestHandler):
    """Files of one folder, served below one path."""

    extensions_map = {  # noqa: RUF012 (the base class has it as a plain dict) where a system's own table may be wrong
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".svg": "image/svg+xml",
    }

    def __init__(self, *args: Any, root: str, **kwargs: Any) -> None:
        """Remember the path below which the folder is served."""
        self.root = root
        super().__init__(*args, **kwargs)

    def translate_path(self, path: str) -> str:
        """Return the file for an address; an address outside `root` has none."""
        inside = path.startswith(self.root)
        return super().translate_path("/" + path.removeprefix(self.root) if inside else "/no such file")

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """Answer with the file, compressed as a static host would: a chapter is a megabyte of text."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if self.path.endswith("/") else path
        accepted = "gzip" in self.headers.get("Accept-Encoding", "")
        if not (accepted and path.suffix in COMPRESSED and path.is_file()):
            return super().send_head()
        content = _compressed(path, path.stat().st_mtime_ns)
        return self._answer(200, content, self.guess_type(path), {"Content-Encoding": "gzip"})

    def _answer(self, code: int, content: bytes, kind: str, more: dict[str, str]) -> io.BytesIO:
        self.send_response(code)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **more}.items():
            self.send_header(name, value)
        self.end_headers()
        return io.BytesIO(content)

    def end_headers(self) -> None:
        """Add the policy, and let nothing be kept: the next build may change every file."""
        in_lab = f"/{LAB}" in self.requestline
        self.send_header("Content-Security-Policy", LAB_POLICY if in_lab else POLICY)
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer a missing address with 404.html."""
        page = Path(self.directory) / "404.html"
        if code != 404 or not page.is_file():
            return super().send_error(code, message, explain)
        content = self._answer(404, page.read_bytes(), "text/html; charset=utf-8", {})
        if self.command != "HEAD":
            self.copyfile(content, self.wfile)

    def log_message(self, format: str, *args: Any) -> None:
        """Print no line for each request."""


class Server(ThreadingHTTPServer):
    """A server that bears with readers who leave early."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say what went wrong; that a reader left before the answer was whole is nothing wrong."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def start(folder: Path, port: int = PORT, root: str = "/", handler: type[Handler] = Handler) -> Server:
    """Return a server of `folder` below the path `root`, bound but not yet answering; port 0 is any free one."""
    return Server((HOST, port), partial(handler, directory=str(folder), root=root))


@contextmanager
def running(folder: Path, root: str = "/", handler: type[Handler] = Handler) -> Iterator[str]:
    """Serve `folder` on any free port while the block runs; the value is the address of its first page."""
    with start(folder, 0, root, handler) as server:
        seconds = 0.02  # between two looks whether it should stop
        thread = Thread(target=server.serve_forever, args=[seconds], daemon=True)
        thread.start()
        yield f"http://{HOST}:{server.server_port}{root}"
        server.shutdown()
        thread.join()


def main() -> None:
    """Serve until Ctrl-C."""
    assert __doc__ is not None
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=Path("_build/html"))
    parser.add_argument("--port", type=int, default=PORT)
    options = parser.parse_args()
    if not (options.folder / "index.html").is_file():
        sys.exit(f"serve: {options.folder} has no index.html: build the site first")
    try:
        server = start(options.folder, options.port)
    except (OSError, OverflowError) as error:
        sys.exit(f"serve: port {options.port}: {error}; name another by --port, or by make serve PORT=8001")
    with server:
        print(f"The book is at http://{HOST}:{server.server_port}/ (Ctrl-C stops it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("\nStopped.")


if __name__ == "__main__":
    main()
