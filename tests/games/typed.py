"""What a browser would send of a form as it stands on a page."""

from html.parser import HTMLParser
from typing import Any


class _Form(HTMLParser):
    """Reads the fields of the form whose method is `post`, and not those of the look, which every page has."""

    def __init__(self) -> None:
        super().__init__()
        self.data: dict[str, str] = {}
        self._is_inside = False
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: dict[str, Any] = dict(attrs)
        if tag == "form":
            self._is_inside = given.get("method") == "post" and "data-preferences" not in given
        elif tag == "select":
            self._select = given["name"]
        elif not self._is_inside:
            return
        elif tag == "option" and "selected" in given:
            self.data[self._select] = given["value"]
        elif tag == "input" and given.get("type") == "checkbox":
            if "checked" in given:
                self.data[given["name"]] = given.get("value", "on")
        elif tag == "input" and "name" in given and given["name"] != "csrfmiddlewaretoken":
            self.data[given["name"]] = given.get("value", "")


def typed_in(page: str) -> dict[str, str]:
    """The data of the forms of the page that are posted, without the token that makes them genuine."""
    form = _Form()
    form.feed(page)
    return form.data
