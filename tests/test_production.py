"""Production: its settings pass Django's own check, and what is dangerous does not start."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GOOD = {
    "CARDSHARP_SECRET_KEY": secrets.token_urlsafe(48),
    "CARDSHARP_ALLOWED_HOSTS": "cards.example",
    "CARDSHARP_TRUSTED_ORIGINS": "https://other.example",
    "CARDSHARP_TRUSTED_PROXIES": "127.0.0.1",
}


def manage(directory: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CARDSHARP_")}
    inherited.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**inherited, "CARDSHARP_DATA_DIR": str(directory), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_djangos_check_finds_nothing_to_complain_of(tmp_path: Path):
    done = manage(tmp_path, GOOD, "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
    assert not (tmp_path / "secret_key").exists()


def test_cookies_and_transport_are_as_they_must_be(tmp_path: Path):
    names = ["DEBUG", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT"]
    names += ["SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD"]
    show = f"import json; from django.conf import settings as s; print(json.dumps([getattr(s, n) for n in {names}]))"
    done = manage(tmp_path, GOOD, "shell", "--no-imports", "--command", show)
    assert json.loads(done.stdout) == [False, True, True, True, True, 31_536_000, True, True]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"CARDSHARP_SECRET_KEY": ""}, "CARDSHARP_SECRET_KEY needs"),
        ({"CARDSHARP_SECRET_KEY": "secret"}, "CARDSHARP_SECRET_KEY needs"),
        ({"CARDSHARP_SECRET_KEY": "x" * 64}, "CARDSHARP_SECRET_KEY needs"),
        ({"CARDSHARP_ALLOWED_HOSTS": "*"}, "CARDSHARP_ALLOWED_HOSTS must name"),
        ({"CARDSHARP_ALLOWED_HOSTS": "cards.example, *"}, "CARDSHARP_ALLOWED_HOSTS must name"),
        ({"CARDSHARP_ALLOWED_HOSTS": ""}, "CARDSHARP_ALLOWED_HOSTS must name"),
        ({"CARDSHARP_TRUSTED_ORIGINS": "http://other.example"}, "CARDSHARP_TRUSTED_ORIGINS must be"),
        ({"CARDSHARP_TRUSTED_ORIGINS": "https://*.example"}, "CARDSHARP_TRUSTED_ORIGINS must be"),
        ({"CARDSHARP_TRUSTED_PROXIES": " "}, "CARDSHARP_TRUSTED_PROXIES must name"),
        ({"CARDSHARP_DEBUG": "1"}, "CARDSHARP_DEBUG=1"),
        ({"CARDSHARP_STACKED_SHOE": "A♠"}, "CARDSHARP_STACKED_SHOE lays out"),
    ],
)
def test_a_dangerous_setting_does_not_start(tmp_path: Path, change: dict[str, str], said: str):
    done = manage(tmp_path, GOOD | change, "check")
    assert done.returncode != 0
    assert said in done.stderr


def test_no_secret_stands_in_the_code():
    settings = (ROOT / "cardsharp_site/settings.py").read_text()
    assert re.findall(r"^SECRET_KEY = (.*)$", settings, re.MULTILINE) == [
        'os.environ.get("CARDSHARP_SECRET_KEY") or _development_key()'
    ]
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    text = [ROOT / name for name in tracked if not name.startswith("docs/images/")]
    secret = re.compile(
        rb"cs_[A-Za-z0-9_-]{40}|-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|[a-z]+://[^/\s:@]+:[^/\s:@]+@(?!mail\.example)"
    )
    found = [path.name for path in text if path.is_file() and secret.search(path.read_bytes())]
    assert found == []
