"""Where mail goes, out of one URL: `smtp+tls://name:password@mail.example:587`."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import unquote, urlsplit

_PORTS: Final = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
_SECONDS: Final = 20


def settings_for(url: str) -> dict[str, Any]:
    """Django's settings for mail. Without a URL it is printed. Raises ValueError where the URL names no server.

    >>> settings_for("smtps://ada:secret%40@mail.example")["EMAIL_PORT"]
    465
    """
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("must be smtp://, smtp+tls:// or smtps:// and name a server")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or _PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": _SECONDS,
    }
