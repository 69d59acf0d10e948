"""A visitor of a real server's pages: a browser without eyes, which keeps cookies and sends forms as they stand."""

from __future__ import annotations

import re
from http.cookiejar import Cookie, CookieJar
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests.servers import Account, Server


class Answer(NamedTuple):
    """The page that a request has led to, redirects followed."""

    status: int
    path: str
    text: str


class Visitor:
    """One browser profile."""

    def __init__(self, server: Server, account: Account | None = None) -> None:
        self._jar = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self._jar))
        self.server = server
        if account is not None:
            self.set_cookie(account.cookie)

    def set_cookie(self, text: str) -> None:
        """Puts a cookie of the form `name=value` into the jar."""
        name, _, value = text.partition("=")
        rest: dict[str, str] = {}
        self._jar.set_cookie(
            Cookie(
                0, name, value, None, False, "127.0.0.1", False, False, "/", True, False, None, True, None, None, rest
            )
        )

    def cookie(self, name: str) -> str | None:
        return next((cookie.value for cookie in self._jar if cookie.name == name), None)

    @property
    def headers(self) -> dict[str, str]:
        """What the browser would send along with a socket's handshake, its origin apart."""
        return {"Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._jar)}

    @property
    def origin(self) -> str:
        return f"http://{self.server.address}"

    def get(self, path: str) -> Answer:
        return self._ask(Request(self.origin + path))

    def post(self, path: str, /, form_on: str = "/account/log-in/", **data: str) -> Answer:
        """Sends a form with the token of a page that has one."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(form_on).text)
        assert token, form_on
        body = urlencode({"csrfmiddlewaretoken": token[1], **data}).encode()
        return self._ask(Request(self.origin + path, body, {"Referer": self.origin + form_on}))

    def _ask(self, request: Request) -> Answer:
        try:
            with self._opener.open(request, timeout=20) as response:
                return Answer(response.status, response.url.removeprefix(self.origin), response.read().decode())
        except HTTPError as error:
            with error:
                return Answer(error.code, error.url.removeprefix(self.origin), error.read().decode())
