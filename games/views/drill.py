"""The drill: hands to play by basic strategy, one after the other, and a score.

A question travels signed in its form, so that nothing is kept of visitors who only look; the session has the score.
"""

from __future__ import annotations

import random
import secrets
from typing import Any, Final

import msgspec
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from cardsharp.blackjack.rules import Rules
from cardsharp.drill import Question, kinds_of, questions
from cardsharp.errors import InvalidRules
from cardsharp.shoe import SecretShoes

SALT: Final = "drill"
SCORE: Final = "drill"
KINDS: Final = {"early": "Early surrender", "hard": "Hard totals", "soft": "Soft totals", "pairs": "Pairs"}


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A question as its form carries it. The number tells it from an equal one."""

    number: str
    rules: str
    question: Question


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the last question."""

    number: str
    question: Question
    given: str
    right: str


class Score(msgspec.Struct, kw_only=True):
    """Right answers out of all, by kind, and how many there were in a row."""

    right: dict[str, int] = {}
    asked: dict[str, int] = {}
    streak: int = 0
    best_streak: int = 0
    last: Answered | None = None

    def count(self, asked: Asked, given: str, right: str) -> None:
        """Takes in an answer."""
        kind = asked.question.kind
        self.asked[kind] = self.asked.get(kind, 0) + 1
        self.right[kind] = self.right.get(kind, 0) + (given == right)
        self.streak = self.streak + 1 if given == right else 0
        self.best_streak = max(self.best_streak, self.streak)
        self.last = Answered(number=asked.number, question=asked.question, given=given, right=right)


@require_http_methods(["GET", "HEAD", "POST"])
def drill(request: HttpRequest) -> HttpResponse:
    """A hand under the rules of `?rules=`; an answer is judged and leads to the next. 400 for bad input."""
    if request.method == "POST":
        return _judge(request)
    placard = request.GET.get("rules", "").strip()
    wanted = [kind for kind in request.GET.getlist("kind") if kind in KINDS]
    try:
        asked = _ask(Rules.parse(placard), wanted)
    except InvalidRules as problem:
        return render(request, "games/drill.html", {"placard": placard, "problem": problem}, status=400)
    return render(request, "games/drill.html", _page(request, asked, wanted))


def _ask(rules: Rules, wanted: list[str]) -> Asked:
    kinds = kinds_of(rules)
    chosen = [kind for kind in kinds if kind in wanted] or kinds
    shoes = SecretShoes(secrets.token_bytes(32))
    question = next(questions(rules, shoes, chosen, random.SystemRandom()))
    return Asked(number=secrets.token_hex(8), rules=str(rules), question=question)


def _judge(request: HttpRequest) -> HttpResponse:
    wanted = [kind for kind in request.POST.getlist("kind") if kind in KINDS]
    if "again" in request.POST:
        request.session.pop(SCORE, None)
        return _to_next(request.POST.get("rules", ""), wanted)
    given = request.POST.get("move", "")
    try:
        asked = msgspec.convert(signing.loads(request.POST.get("asked", ""), salt=SALT), Asked)
    except (signing.BadSignature, msgspec.ValidationError):
        asked = None
    if asked is None or given not in asked.question.valid_actions:
        problem = "That was no answer to a hand of ours. Here is another one"
        return render(request, "games/drill.html", {"placard": "", "problem": problem}, status=400)
    score = _score(request)
    if score.last is None or score.last.number != asked.number:  # a button that was pressed twice counts once
        score.count(asked, given, asked.question.answer(Rules.parse(asked.rules)))
        request.session[SCORE] = msgspec.to_builtins(score)
    return _to_next(asked.rules, wanted)


def _to_next(placard: str, wanted: list[str]) -> HttpResponse:
    query = urlencode([("rules", placard), *(("kind", kind) for kind in wanted)])
    return HttpResponseRedirect(f"{reverse('drill')}?{query}")


def _score(request: HttpRequest) -> Score:
    return msgspec.convert(request.session.get(SCORE, {}), Score)


def _page(request: HttpRequest, asked: Asked, wanted: list[str]) -> dict[str, Any]:
    score, rules = _score(request), Rules.parse(asked.rules)
    return {
        "placard": asked.rules,
        "asked": asked.question,
        "signed": signing.dumps(msgspec.to_builtins(asked), salt=SALT),
        "kinds": [
            (kind, KINDS[kind], kind in wanted, score.right.get(kind, 0), score.asked.get(kind, 0))
            for kind in kinds_of(rules)
        ],
        "wanted": wanted,
        "score": score,
        "right": sum(score.right.values()),
        "count": sum(score.asked.values()),
    }
