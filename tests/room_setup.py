"""Prepares the database of a server under test; run as a program, it reads JSON and prints JSON.

In: `tables` [name, rules], `players` [name, chips], `guests` (how many). Out: the ids of the tables, and of each player
the token, a token that may only watch, and a session cookie.
"""

import json
import os
import sys
import time
from importlib import import_module
from typing import Any

import django


def prepare(wanted: dict[str, Any]) -> dict[str, Any]:
    from django.core.management import call_command

    from cardsharp.blackjack.rules import Rules
    from cardsharp.games import GAMES
    from games import accounts
    from games.models import Token
    from games.store import Store

    call_command("migrate", verbosity=0)
    store = Store(lambda table_id, seated: 0)
    tables = [
        store.open(GAMES["blackjack"], name, Rules(**rules), time.time()).table_id for name, rules in wanted["tables"]
    ]
    players = {}
    for name, chips in wanted["players"]:
        player = accounts.create_bot(name, chips_cents=chips * 100)
        players[name] = {
            "id": player.public_id,
            "token": accounts.issue_token(player, "test", Token.Scope.PLAY),
            "watcher": accounts.issue_token(player, "test", Token.Scope.WATCH),
            "cookie": _session(player),
        }
    return {"tables": tables, "players": players}


def _session(player: Any) -> str:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(player.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = player.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cardsharp_site.settings")
    django.setup()
    json.dump(prepare(json.load(sys.stdin)), sys.stdout)
