"""The faces of players whom a page meets only after it was loaded."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponseBadRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from games.faces import looks_of
from games.models import Player

MOST: Final = 200
_KEPT_SECONDS: Final = 60


@require_safe
def faces(request: HttpRequest) -> HttpResponseBase:
    """Drawing and colour of each of the players whose ids are asked for, with commas between; 200 at most."""
    ids = [player_id for player_id in request.GET.get("players", "").split(",") if player_id]
    if len(ids) > MOST or not all(Player.is_public_id(player_id) for player_id in ids):
        return HttpResponseBadRequest(f"Up to {MOST} ids of players, with commas between.")
    answer = JsonResponse({player_id: list(look) for player_id, look in looks_of(ids).items()})
    answer["Cache-Control"] = f"private, max-age={_KEPT_SECONDS}"
    return answer
