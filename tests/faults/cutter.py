"""A wire between the site and PostgreSQL that breaks at the moment of a commit: just before it, or just after."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Literal
from urllib.parse import urlsplit


class Cutter:
    """Listens on a port of its own and carries bytes to the database and back, each connection in two threads."""

    def __init__(self, database_url: str) -> None:
        parts = urlsplit(database_url)
        self._database = (parts.hostname, parts.port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        user = f"{parts.username}:{parts.password}" if parts.password else parts.username
        self.url = parts._replace(netloc=f"{user}@127.0.0.1:{self._listening.getsockname()[1]}").geturl()
        self.cuts = 0
        self._cut: Literal["before", "after"] | None = None

    def __enter__(self) -> Cutter:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listening.close()

    def cut_at_commit(self, *, after: bool) -> None:
        """The next commit loses its connection, when it is done or before it gets there."""
        self._cut = "after" if after else "before"

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                site, _ = self._listening.accept()
                database = socket.create_connection(self._database)
                answered = threading.Event()
                answered.set()
                threading.Thread(target=self._ask, args=(site, database, answered), daemon=True).start()
                threading.Thread(target=self._answer, args=(site, database, answered), daemon=True).start()

    def _ask(self, site: socket.socket, database: socket.socket, carries: threading.Event) -> None:
        with suppress(OSError):
            while data := site.recv(65_536):
                if b"COMMIT" in data and self._cut is not None:
                    cut, self._cut = self._cut, None
                    self.cuts += 1
                    carries.clear()
                    if cut == "after":
                        database.sendall(data)
                        carries.wait()
                    break
                database.sendall(data)
        _end(site, database)

    def _answer(self, site: socket.socket, database: socket.socket, carries: threading.Event) -> None:
        """Answers are carried on, but the one to the commit that is cut: it only says that the commit is done."""
        with suppress(OSError):
            while data := database.recv(65_536):
                if not carries.is_set():
                    break
                site.sendall(data)
        carries.set()
        _end(site, database)


def _end(*sockets: socket.socket) -> None:
    """Breaks both halves; the other thread is told by that, too."""
    for each in sockets:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
