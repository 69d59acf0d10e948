"""A new password for who has forgotten theirs, by a link that goes to the account's e-mail.

Whether an account has the address that somebody types is told to nobody: not in words, and not by the time that it
takes, since the looking and the sending are done behind the answer.
"""

from __future__ import annotations

from typing import Any

from axes.utils import reset as unlock
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.views import (
    PasswordResetCompleteView,
    PasswordResetConfirmView,
    PasswordResetDoneView,
    PasswordResetView,
)
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from games import arrivals, later
from games.models import Arrivals
from games.views.accounts import too_many
from games.views.requests import address_of


class Ask(PasswordResetView):
    """Asks for the e-mail."""

    template_name = "accounts/password_reset.html"
    email_template_name = "accounts/password_reset_mail.txt"
    subject_template_name = "accounts/password_reset_subject.txt"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            arrivals.count(Arrivals.Kind.RESET, address_of(request))
        except arrivals.TooMany as error:
            return too_many(request, str(error), error.retry_after)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: PasswordResetForm) -> HttpResponse:
        later.do(
            form.save,
            domain_override=self.request.get_host(),
            use_https=self.request.is_secure(),
            subject_template_name=self.subject_template_name,
            email_template_name=self.email_template_name,
        )
        return HttpResponseRedirect(str(self.get_success_url()))


class Sent(PasswordResetDoneView):
    """Says what has been done, whoever asked."""

    template_name = "accounts/password_reset_sent.html"


class Confirm(PasswordResetConfirmView):
    """Asks for the new password. With it every session of the account ends, and every socket that one let in."""

    template_name = "accounts/password_reset_confirm.html"

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        if self.user is not None:
            unlock(username=self.user.get_username())
        return response


class Done(PasswordResetCompleteView):
    """The new password holds."""

    template_name = "accounts/password_reset_done.html"
