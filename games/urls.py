"""The pages of the card room."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView, PasswordChangeDoneView
from django.urls import path

from games.views import (
    accounts,
    drill,
    fairness,
    history,
    invitations,
    joined,
    lobby,
    making,
    protocol,
    shoes,
    strategy,
    tokens,
)

urlpatterns = [
    path("", lobby.lobby, name="lobby"),
    path("tables/new/", making.table_new, name="table_new"),
    path("tables/<slug:table_id>/", lobby.table, name="table"),
    path("tables/<slug:table_id>/close/", making.table_close, name="table_close"),
    path("tables/<slug:table_id>/invite/", invitations.invite, name="invite"),
    path(
        "tables/<slug:table_id>/invitations/<int:invitation_id>/revoke/", invitations.revoke, name="invitation_revoke"
    ),
    path("tables/<slug:table_id>/members/<int:member_id>/remove/", invitations.remove_member, name="member_remove"),
    path("invitations/<str:code>/", invitations.invitation, name="invitation"),
    path("strategy/", strategy.strategy, name="strategy"),
    path("drill/", drill.drill, name="drill"),
    path("shoes/<slug:table_id>/", shoes.shoes, name="shoes"),
    path("shoes/<slug:table_id>/<int:number>/", shoes.shoe, name="shoe"),
    path("shoes/<slug:table_id>/<int:number>.json", shoes.shoe_file, name="shoe_file"),
    path("fairness/", fairness.fairness, name="fairness"),
    path("fairness/<slug:name>.json", fairness.vectors, name="vectors"),
    path("protocol/", protocol.protocol, name="protocol"),
    path("protocol/asyncapi.yaml", protocol.asyncapi_yaml, name="asyncapi"),
    path("protocol/schema.json", protocol.schema_json, name="schema"),
    path("protocol/console/", protocol.console, name="console"),
    path("joined/<slug:digest>/<str:name>", joined.joined, name="joined"),
    path("history/", history.history, name="history"),
    path("account/", accounts.profile, name="profile"),
    path("account/sign-up/", accounts.sign_up, name="signup"),
    path("account/log-in/", accounts.LogIn.as_view(), name="login"),
    path("account/log-out/", LogoutView.as_view(), name="logout"),
    path("account/guest/", accounts.guest, name="guest"),
    path("account/upgrade/", accounts.upgrade, name="upgrade"),
    path("account/password/", accounts.ChangePassword.as_view(), name="password_change"),
    path(
        "account/password/done/",
        PasswordChangeDoneView.as_view(template_name="accounts/password_changed.html"),
        name="password_change_done",
    ),
    path("account/preferences/", accounts.preferences, name="preferences"),
    path("account/tokens/", tokens.token_create, name="token_create"),
    path("account/tokens/<int:token_id>/revoke/", tokens.token_revoke, name="token_revoke"),
]
