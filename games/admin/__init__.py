"""The pages for staff. They show everything but secrets, and write only through the doors that everybody uses.

A table's state is a fold of its log and a balance a sum of transfers, so neither has a form here.
"""

from __future__ import annotations

from django.contrib import admin

from games.admin import (  # noqa: F401 - importing them registers them
    audit,
    connections,
    invitations,
    ledger,
    log,
    players,
    rounds,
    shoes,
    tables,
    tokens,
)

admin.site.site_header = "CardSharp"
admin.site.site_title = "CardSharp"
admin.site.index_title = "Card room"
