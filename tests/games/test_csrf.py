"""No form is taken without its token, wherever it is sent; and every page keeps to the content policy."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from games import accounts
from games.models import Player

pytestmark = pytest.mark.django_db
PASSWORD = "a long evening 9"
FILLED = {
    "app_label": "games",
    "table_id": "t1",
    "number": "1",
    "code": "1.x",
    "object_id": "1",
    "player_id": "1",
    "id": "1",
    "url": "x",
}


def addresses(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, str]]:
    """The name and an example of every address of the site."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, f"{pattern.namespace}:" if pattern.namespace else namespace)
        elif pattern.name:
            name = namespace + pattern.name
            wanted = [*pattern.pattern.converters, *pattern.pattern.regex.groupindex]
            yield name, reverse(name, kwargs={key: FILLED.get(key, "1") for key in wanted})


@pytest.fixture
def boss() -> Player:
    return Player.objects.create_superuser("Boss", password=PASSWORD)


def test_every_post_without_its_token_is_refused(boss: Player):
    client = Client(enforce_csrf_checks=True)
    client.force_login(boss)
    found = dict(addresses(get_resolver()))
    assert {"login", "logout", "guest", "signup", "table_close", "invitation", "member_remove", "token_create"} < set(
        found
    )
    assert {"admin:games_player_ban", "admin:games_player_grant", "admin:games_table_close"} < set(found)
    for name, path in found.items():
        for headers in ({}, {"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_ORIGIN": "null"}):
            status = client.post(path, {"csrfmiddlewaretoken": "x" * 64}, **headers).status_code  # type: ignore[arg-type]
            assert status == 403, (name, path, status)


def test_the_token_of_another_visitor_does_not_do(boss: Player):
    theirs = Client(enforce_csrf_checks=True)
    token = theirs.get(reverse("login")).cookies["csrftoken"].value
    client = Client(enforce_csrf_checks=True)
    client.force_login(accounts.create_guest())
    client.get(reverse("login"))
    assert client.post(reverse("logout"), {"csrfmiddlewaretoken": token}).status_code == 403
    assert client.get(reverse("profile")).status_code == 200


def test_every_answer_has_the_policy_whatever_it_is(boss: Player, client: Client):
    client.force_login(boss)
    answers = [client.get(path) for _, path in addresses(get_resolver())]
    answers += [client.get("/nowhere/"), client.post("/"), Client(enforce_csrf_checks=True).post(reverse("logout"))]
    assert {200, 302, 403, 404, 405} <= {answer.status_code for answer in answers}
    for answer in answers:
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"
