"""The pages of the card room."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView, PasswordChangeDoneView
from django.urls import path

from games.views import (
    accounts,
    company,
    drill,
    faces,
    fairness,
    history,
    invitations,
    leaving,
    lobby,
    making,
    password_reset,
    playing,
    practice,
    profile,
    protocol,
    shoes,
    strategy,
    tokens,
)

urlpatterns = [
    path("", lobby.lobby, name="lobby"),
    path("play/", playing.play_now, name="play_now"),
    path("faces/", faces.faces, name="faces"),
    path("tables/new/", making.table_new, name="table_new"),
    path("tables/<slug:table_id>/", lobby.table, name="table"),
    path("tables/<slug:table_id>/close/", making.table_close, name="table_close"),
    path("tables/<slug:table_id>/house-players/seat/", company.house_player_seat, name="house_player_seat"),
    path("tables/<slug:table_id>/house-players/leave/", company.house_players_leave, name="house_players_leave"),
    path("tables/<slug:table_id>/invite/", invitations.invite, name="invite"),
    path(
        "tables/<slug:table_id>/invitations/<int:invitation_id>/revoke/", invitations.revoke, name="invitation_revoke"
    ),
    path("tables/<slug:table_id>/members/<int:member_id>/remove/", invitations.remove_member, name="member_remove"),
    path("invitations/<str:code>/", invitations.invitation, name="invitation"),
    path("strategy/", strategy.strategy, name="strategy"),
    path("practice/", practice.practice, name="practice"),
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
    path("history/", history.history, name="history"),
    path("account/", profile.profile, name="profile"),
    path("account/change/<slug:what>/", profile.change, name="profile_change"),
    path("account/delete/", leaving.delete, name="account_delete"),
    path("account/daily-chips/", playing.daily_chips, name="daily_chips"),
    path("account/reset/", password_reset.Ask.as_view(), name="password_reset"),
    path("account/reset/sent/", password_reset.Sent.as_view(), name="password_reset_done"),
    path("account/reset/<uidb64>/<token>/", password_reset.Confirm.as_view(), name="password_reset_confirm"),
    path("account/reset/done/", password_reset.Done.as_view(), name="password_reset_complete"),
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
