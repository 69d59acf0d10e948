"""The drill page: it judges by the book, keeps the score, and takes no answer that is none."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import msgspec
import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from cardsharp.blackjack.rules import Rules
from cardsharp.drill import Question
from games.views.drill import SALT, Asked

pytestmark = pytest.mark.django_db

PLACARD = "2D H17 NDAS ES 3:2"


def form_of(text: str) -> dict[str, str]:
    return {"asked": unescape(re.search(r'name="asked" value="([^"]+)"', text)[1])}  # type: ignore[index]


def question_in(form: dict[str, str]) -> tuple[Question, Rules]:
    asked = msgspec.convert(signing.loads(form["asked"], salt=SALT), Asked)
    return asked.question, Rules.parse(asked.rules)


def answered(client: Client, *, right: bool = True, **more: Any) -> str:
    """The page after an answer to a new question."""
    form = form_of(client.get(reverse("drill"), {"rules": PLACARD, **more}).text)
    question, rules = question_in(form)
    best = question.answer(rules)
    move = best if right else next(move for move in question.valid_actions if move != best)
    response = client.post(reverse("drill"), {**form, "move": move, **more}, follow=True)
    assert response.status_code == 200
    return str(response.text)


def score_in(text: str) -> tuple[str, str, str]:
    figures = re.findall(r"<dd>(.*?)</dd></div>", text[text.index("Your score") :])
    return figures[0], figures[1], figures[2]


def test_right_and_wrong_answers_are_counted(client: Client):
    text = answered(client)
    assert "<strong>Right.</strong>" in text
    answered(client)
    assert score_in(answered(client, right=False)) == ("2 of 3", "0", "2")
    text = answered(client)
    assert score_in(text) == ("3 of 4", "1", "2")
    by_kind = re.findall(r"(\d+) of (\d+) right", text)
    assert (sum(int(a) for a, _ in by_kind), sum(int(b) for _, b in by_kind)) == (3, 4)


def test_a_wrong_answer_says_what_is_right(client: Client):
    form = form_of(client.get(reverse("drill"), {"kind": "early", "rules": PLACARD}).text)
    question, rules = question_in(form)
    right = question.answer(rules)
    wrong = {"SURRENDER": "DECLINE_SURRENDER", "DECLINE_SURRENDER": "SURRENDER"}[right]
    text = client.post(reverse("drill"), {**form, "move": wrong, "kind": "early"}, follow=True).text
    names = {"SURRENDER": "surrender", "DECLINE_SURRENDER": "play on"}
    assert "<strong>No.</strong>" in text
    assert re.search(rf"against an? \w+: {names[right]}, not {names[wrong]}\.", text)


def test_the_rules_and_the_kinds_stay(client: Client):
    text = answered(client, kind="soft")
    assert 'value="2D H17 NDAS ES 3:2"' in text
    question, rules = question_in(form_of(text))
    assert (question.kind, rules) == ("soft", Rules.parse(PLACARD))


def test_an_answer_that_is_sent_twice_counts_once(client: Client):
    form = form_of(client.get(reverse("drill")).text)
    for _ in range(2):
        response = client.post(reverse("drill"), {**form, "move": "STAND"}, follow=True)
        assert "of 1<" in response.text


def test_it_begins_again(client: Client):
    answered(client)
    response = client.post(reverse("drill"), {"again": "yes", "rules": PLACARD, "kind": "hard"}, follow=True)
    assert score_in(response.text) == ("0 of 0", "0", "0")
    assert question_in(form_of(response.text))[0].kind == "hard"


@pytest.mark.parametrize("field", ["asked", "move"])
def test_what_is_no_answer_counts_for_nothing(client: Client, field: str):
    form = {**form_of(client.get(reverse("drill")).text), "move": "STAND"}
    for bad in ("", "FOLD", form["asked"][:-1] + "!"):
        response = client.post(reverse("drill"), {**form, field: bad})
        assert (response.status_code, response.text.count('role="alert"')) == (400, 1)
    assert "0 of 0" in client.get(reverse("drill")).text


def test_a_bad_placard_gets_one_message(client: Client):
    response = client.get(reverse("drill"), {"rules": "6D H18 <b>"})
    assert response.status_code == 400
    assert response.text.count('role="alert"') == 1
    assert "<b>" not in response.text


def test_who_only_looks_leaves_nothing_behind(client: Client):
    client.get(reverse("drill"))
    assert "sessionid" not in client.cookies


def test_it_keeps_to_the_strict_policy(client: Client):
    response = client.get(reverse("drill"))
    assert "unsafe" not in response["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", response.text)
