"""Tables that are there already become ones that the lobby's filters find."""

from typing import Any

from django.db import migrations


def list_tables(apps: Any, schema_editor: Any) -> None:
    from cardsharp.games import GAMES
    from games import listing

    tables = apps.get_model("games", "Table").objects
    for table in tables.filter(is_open=True).only("pk", "game", "state").iterator(chunk_size=500):
        game = GAMES[table.game]
        tables.filter(pk=table.pk).update(**listing.columns_of(game.lobby_row(game.load(table.state), 0)))


class Migration(migrations.Migration):
    dependencies = [
        ("games", "0040_lobby_and_accounts"),
    ]

    operations = [migrations.RunPython(list_tables, migrations.RunPython.noop)]
