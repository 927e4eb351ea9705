"""The addresses of the dashboard app."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.generic import RedirectView

from dashboard.views import (
    activity,
    audit,
    credentials,
    erasures,
    feedback,
    invitations,
    items,
    lists,
    lost_password,
    openid,
    pictures,
    preferences,
    removed,
    search,
    second_step,
    sessions,
    sign_in_settings,
    team,
)
from dashboard.views.password import ChangePassword
from dashboard.views.sign_in import SignIn

app_name = "dashboard"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="dashboard:lists"), name="home"),
    path("login/", SignIn.as_view(), name="sign-in"),
    path("login/code/", second_step.code, name="code"),
    path("login/set-up/", second_step.set_up, name="set-up"),
    path("login/openid/", openid.begin, name="openid"),
    path("login/openid/callback/", openid.callback, name="openid-callback"),
    path("invitation/", invitations.take, name="invitation"),
    path("password/lost/", lost_password.ask, name="password-lost"),
    path("password/new/", lost_password.choose, name="new-password"),
    path("logout/", LogoutView.as_view(), name="sign-out"),
    path("lists/", lists.index, name="lists"),
    path("lists/<id:list_id>/", lists.items, name="list"),
    path("lists/<id:list_id>/settings/", lists.settings, name="list-settings"),
    path("lists/<id:list_id>/api/", lists.api, name="list-api"),
    path("lists/<id:list_id>/remove/", lists.remove, name="list-remove"),
    path("lists/<id:list_id>/add/", pictures.add, name="pictures-add"),
    path("lists/<id:list_id>/check/", pictures.check, name="picture-check"),
    path("lists/<id:list_id>/items/remove/", pictures.remove, name="pictures-remove"),
    path("lists/<id:list_id>/items/restore/", pictures.restore, name="pictures-restore"),
    path("items/<id:media_id>/", items.index, name="item"),
    path("removed/", removed.index, name="removed"),
    path("removed/lists/", removed.lists, name="removed-lists"),
    path("removed/lists/<id:list_id>/restore/", removed.restore_list, name="removed-list-restore"),
    path("removed/items/<id:media_id>/restore/", removed.restore_item, name="removed-item-restore"),
    path("lists/<id:list_id>/erase/", erasures.erase_list, name="list-erase"),
    path("items/<id:media_id>/erase/", erasures.erase_item, name="item-erase"),
    path("erased/", erasures.index, name="erasures"),
    path("erased/<id:erasure_id>/receipt.json", erasures.receipt, name="erasure-receipt"),
    path("search/", search.index, name="search"),
    path("activity/", activity.index, name="activity"),
    path("activity/export/", activity.export, name="activity-export"),
    path("activity/<id:match_id>/undo/", activity.undo, name="activity-undo"),
    path("settings/api/", credentials.index, name="api-credentials"),
    path("settings/api/<id:credential_id>/revoke/", credentials.revoke, name="api-revoke"),
    path("settings/api/callbacks/", credentials.callback_secret, name="callback-secret"),
    path("settings/feedback/", feedback.index, name="feedback"),
    path("settings/audit/", audit.index, name="audit"),
    path("settings/audit/export/", audit.export, name="audit-export"),
    path("settings/team/", team.index, name="team"),
    path(
        "settings/team/invitations/<id:invitation_id>/again/", team.invite_again, name="team-again"
    ),
    path(
        "settings/team/invitations/<id:invitation_id>/withdraw/",
        team.withdraw,
        name="team-withdraw",
    ),
    path("settings/team/<id:member_id>/role/", team.change_role, name="team-role"),
    path("settings/team/<id:member_id>/password/", team.reset_password, name="team-password"),
    path("settings/team/rules/", team.change_rules, name="team-rules"),
    path("settings/team/<id:member_id>/code/", team.reset_code, name="team-code"),
    path("settings/team/<id:member_id>/remove/", team.remove, name="team-remove"),
    path("settings/team/<id:member_id>/sessions/end/", sessions.end_all_of, name="team-sessions"),
    path("settings/sessions/", sessions.index, name="sessions"),
    path("settings/sessions/end-others/", sessions.end_others, name="sessions-end-others"),
    path("settings/sessions/<id:session_id>/end/", sessions.end, name="session-end"),
    path("settings/language/", preferences.language, name="language"),
    path("settings/theme/", preferences.theme, name="theme"),
    path("settings/second-factor/", sign_in_settings.index, name="second-factor"),
    path("settings/second-factor/codes/", sign_in_settings.renew_codes, name="codes-renew"),
    path("settings/second-factor/save/", sign_in_settings.save_codes, name="codes-save"),
    path("settings/second-factor/off/", sign_in_settings.turn_off, name="second-factor-off"),
    path("settings/password/", ChangePassword.as_view(), name="password"),
]
