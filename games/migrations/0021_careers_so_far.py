"""Fills careers for the rounds that were played before there were any."""

from collections import defaultdict
from itertools import groupby, islice
from typing import Any

from django.db import migrations

from cardsharp.game import HappenedEvent
from cardsharp.games import GAMES
from cardsharp.wire import decode_json

AT_ONCE = 500
TOTALS = ("won", "lost", "wagered_cents", "net_cents", "decisions", "by_book")
PUBLIC = ("rounds", "wagered_cents", "net_cents", "decisions", "by_book")


def fill(apps: Any, schema_editor: Any) -> None:
    using = schema_editor.connection.alias
    models = {name: apps.get_model("games", name) for name in ("Career", "PlayedRound", "Round", "Hand", "LoggedEvent")}
    rows = {name: model.objects.using(using) for name, model in models.items()}
    games = games_of(apps.get_model("games", "Table").objects.using(using))
    begun = dict(apps.get_model("games", "Checkpoint").objects.using(using).values_list("table_id", "seq"))
    careers: dict[int, Any] = {}
    after: tuple[Any, int] | None = None
    while True:
        rounds = rows["Round"].order_by("ended_at", "pk")
        if after is not None:
            rounds = rounds.filter(ended_at__gte=after[0]).exclude(ended_at=after[0], pk__lte=after[1])
        chunk = list(islice(rounds.iterator(chunk_size=AT_ONCE), AT_ONCE))
        if not chunk:
            break
        after = (chunk[-1].ended_at, chunk[-1].pk)
        hands = rows["Hand"].filter(round__in=[row.pk for row in chunk]).order_by("round_id", "player_id")
        by_round = {pk: list(own) for pk, own in groupby(hands, key=lambda hand: hand.round_id)}
        played = []
        for row in chunk:
            game, state, is_private = games[row.table_id]
            made = decisions(rows["LoggedEvent"], row, game, state, begun.get(row.table_id, 0))
            for player_id, own in groupby(by_round.get(row.pk, ()), key=lambda hand: hand.player_id):
                share = share_of(list(own), made[f"p{player_id}"])
                career = careers.setdefault(player_id, models["Career"](player_id=player_id))
                add(career, share, is_public=not is_private)
                played.append(played_round(models["PlayedRound"], row, game, career, share))
        rows["PlayedRound"].bulk_create(played, batch_size=AT_ONCE)
    rows["Career"].bulk_create(careers.values(), batch_size=AT_ONCE)


def games_of(tables: Any) -> dict[str, tuple[Any, Any, bool]]:
    """Each table's game, a state of it, and whether it is private."""
    found = {}
    for table in tables.defer("shoe_secret").iterator(chunk_size=AT_ONCE):
        game = GAMES[table.game]
        found[table.pk] = (game, game.load(table.state), table.is_private)
    return found


def decisions(log: Any, row: Any, game: Any, state: Any, begun: int) -> dict[str, list[bool]]:
    """Whether each player's decisions were the book's; nothing of a round that the log does not have from its start."""
    made: dict[str, list[bool]] = defaultdict(list)
    if row.first_seq <= begun:
        return made
    lines = log.filter(table_id=row.table_id, seq__range=(row.first_seq, row.last_seq)).order_by("seq")
    events = [
        HappenedEvent(seq=line.seq, event_type=line.event_type, round_id=line.round_id, data=decode_json(line.data))
        for line in lines
    ]
    for decision in game.review(state, events):
        made[decision.player_id].append(decision.is_by_the_book)
    return made


def share_of(hands: list[Any], made: list[bool]) -> dict[str, int]:
    net_cents = sum(hand.net_cents + hand.insurance_net_cents for hand in hands)
    return {
        "rounds": 1,
        "won": int(net_cents > 0),
        "lost": int(net_cents < 0),
        "wagered_cents": sum(hand.bet_cents for hand in hands),
        "net_cents": net_cents,
        "decisions": len(made),
        "by_book": sum(made),
    }


def add(career: Any, share: dict[str, int], *, is_public: bool) -> None:
    for name in ("rounds", *TOTALS):
        setattr(career, name, getattr(career, name) + share[name])
    for name in PUBLIC if is_public else ():
        setattr(career, f"public_{name}", getattr(career, f"public_{name}") + share[name])


def played_round(model: Any, row: Any, game: Any, career: Any, share: dict[str, int]) -> Any:
    return model(
        player_id=career.player_id,
        round_id=row.pk,
        table_id=row.table_id,
        game=game.name,
        ended_at=row.ended_at,
        result="won" if share["won"] else "lost" if share["lost"] else "even",
        nth=career.rounds,
        **{name: share[name] for name in ("wagered_cents", "net_cents", "decisions", "by_book")},
        **{f"total_{name}": getattr(career, name) for name in TOTALS},
    )


class Migration(migrations.Migration):
    dependencies = [
        ("games", "0020_played_rounds"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
