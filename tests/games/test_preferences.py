"""How somebody likes the pages: kept with the player and in the browser, and there before anything is drawn."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from games import accounts
from games.models import Player

pytestmark = pytest.mark.django_db

PREFERENCES = {"theme": "dark", "deck": "four", "motion": "off", "pace": "brisk", "sound": "on", "keys": "off"}
DEFAULTS = {"theme": "system", "deck": "two", "motion": "system", "pace": "usual", "sound": "off", "keys": "on"}
PASSWORD = "a long evening 9"


def look_of(client: Client, page: str = "lobby") -> dict[str, str]:
    """What the page's first tag tells the style sheets."""
    found = re.search(r"<html ([^>]*)>", client.get(reverse(page)).text)
    assert found is not None
    return dict(re.findall(r'data-(\w+)="(\w+)"', found[1]))


def prefer(client: Client, **preferences: str):
    return client.post(reverse("preferences"), preferences)


def test_at_first_the_device_decides(client: Client):
    assert look_of(client) == DEFAULTS
    assert '<meta name="color-scheme" content="light dark">' in client.get(reverse("lobby")).text


def test_a_visitor_without_a_name_is_known_by_the_browser(client: Client):
    assert prefer(client, **PREFERENCES).status_code == 302
    assert look_of(client) == PREFERENCES
    assert '<meta name="color-scheme" content="dark">' in client.get(reverse("lobby")).text
    assert look_of(Client())["theme"] == "system"


def test_a_guest_begins_with_what_the_browser_had_and_keeps_it_as_an_account(client: Client):
    prefer(client, **PREFERENCES)
    client.post(reverse("guest"))
    client.cookies.pop("preferences")
    assert look_of(client) == PREFERENCES
    accounts.upgrade_guest(Player.objects.get(), name="Ada", password=PASSWORD)
    elsewhere = Client()
    elsewhere.post(reverse("login"), {"username": "Ada", "password": PASSWORD})
    assert look_of(elsewhere) == PREFERENCES


def test_who_signs_up_begins_with_what_the_browser_had(client: Client):
    prefer(client, **PREFERENCES)
    client.post(reverse("signup"), {"name": "Ada", "password1": PASSWORD, "password2": PASSWORD})
    player = Player.objects.get()
    assert {name: getattr(player, name) for name in PREFERENCES} == PREFERENCES


def test_a_player_takes_them_to_another_browser_and_leaves_them_in_this_one(client: Client):
    player = accounts.sign_up(name="Ada", password=PASSWORD)
    client.force_login(player)
    prefer(client, **PREFERENCES)
    elsewhere = Client()
    elsewhere.force_login(player)
    assert look_of(elsewhere, "profile") == PREFERENCES
    client.post(reverse("logout"))
    assert look_of(client) == PREFERENCES


def test_the_choice_leads_back_to_where_it_was_made_and_to_no_other_site(client: Client):
    assert prefer(client, **PREFERENCES, next="/strategy/?rules=6D").url == "/strategy/?rules=6D"
    assert prefer(client, **PREFERENCES, next="https://elsewhere.example/").url == "/"


@pytest.mark.parametrize("wrong", [{"theme": "pink"}, {"deck": ""}, {"motion": '"><script>'}])
def test_what_is_no_choice_is_refused_and_changes_nothing(client: Client, wrong: dict[str, str]):
    assert prefer(client, **PREFERENCES | wrong).status_code == 400
    assert look_of(client)["theme"] == "system"


@pytest.mark.parametrize("cookie", ["", "theme=pink", "sound=loud&colour=red", "%00", "x" * 4000])
def test_a_cookie_that_says_nothing_is_as_good_as_none(client: Client, cookie: str):
    client.cookies["preferences"] = cookie
    assert look_of(client) == DEFAULTS


def test_of_a_cookie_from_before_a_preference_what_it_says_counts(client: Client):
    client.cookies["preferences"] = "theme=dark&deck=four&motion=loud"
    assert look_of(client) == DEFAULTS | {"theme": "dark", "deck": "four"}


def test_preferences_are_changed_by_post_only(client: Client):
    assert client.get(reverse("preferences")).status_code == 405
