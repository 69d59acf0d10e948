"""Settings from the environment; the defaults run on one machine with nothing installed beside Python.

`CARDSHARP_SECRET_KEY` switches to production: DEBUG off, secure cookies, and nothing that only development allows.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
import msgspec
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from cardsharp.events.limits import Limits
from cardsharp_site import mail, production
from games.addresses import read_networks
from games.per_hour import PerHour

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("CARDSHARP_DATA_DIR", BASE_DIR / "var"))


def _development_key() -> str:
    """A key of this checkout's own, made at the first start, so that sessions outlive a restart."""
    path = DATA_DIR / "secret_key"
    if not path.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text()


PRODUCTION = "CARDSHARP_SECRET_KEY" in os.environ
if PRODUCTION and (dangers := production.dangers(os.environ)):
    raise ImproperlyConfigured("; ".join(dangers))
DEBUG = not PRODUCTION and os.environ.get("CARDSHARP_DEBUG", "1") == "1"
SECRET_KEY = os.environ.get("CARDSHARP_SECRET_KEY") or _development_key()
ALLOWED_HOSTS = os.environ.get("CARDSHARP_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("CARDSHARP_TRUSTED_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "games",
    "channels",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "axes",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "games.unavailable.UnavailablePages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "cardsharp_site.urls"
ASGI_APPLICATION = "cardsharp_site.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "games.preferences.shown",
            ],
        },
    }
]


def _database(url: str) -> dict[str, Any]:
    """SQLite in WAL mode with immediate transactions, or PostgreSQL behind a pool of connections."""
    config: dict[str, Any] = {**dj_database_url.parse(url)}
    if config["ENGINE"] == "django.db.backends.sqlite3":
        name = Path(str(config["NAME"]))
        name.parent.mkdir(parents=True, exist_ok=True)
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 5,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            **config.get("OPTIONS", {}),
        }
        # Opening the file costs a tenth of an action. A pool does the same for PostgreSQL.
        config["CONN_MAX_AGE"] = None
        config["TEST"] = {"NAME": name.parent / f"test-{os.getpid()}.sqlite3"}
    else:
        config["OPTIONS"] = {
            # A server that has gone is noticed within seconds.
            "connect_timeout": 3,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "tcp_user_timeout": 10_000,
            # Nobody waits long for a row, and the server takes it back from a process whose machine has died.
            "options": "-c lock_timeout=5s -c idle_in_transaction_session_timeout=60s",
            **config.get("OPTIONS", {}),
            # The pool gives a lost connection up quickly and makes another at the next request.
            "pool": {"min_size": 1, "max_size": 12, "timeout": 3, "reconnect_timeout": 1},
        }
        config["CONN_HEALTH_CHECKS"] = True
    return config


DATABASES = {"default": _database(os.environ.get("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'cardsharp.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = os.environ.get("REDIS_URL", "")
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "games.layer.RoomLayer",
        "CONFIG": {
            "hosts": [REDIS_URL] if REDIS_URL else [],
            # Redis tells every subscriber, whatever its database: two rooms on one Redis differ by the prefix alone.
            "prefix": os.environ.get("CARDSHARP_REDIS_PREFIX", "cardsharp"),
        },
    }
}

AUTH_USER_MODEL = "games.Player"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
# A name is locked for the address that guesses at it, so that nobody can lock out somebody else. What one address
# guesses at many names is counted by games.arrivals.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "games.views.requests.address_of"
AXES_LOCKOUT_CALLABLE = "games.views.accounts.locked_out"
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "lobby"
LOGOUT_REDIRECT_URL = "lobby"

# Mail goes to the console where no server is named.
try:
    vars().update(mail.settings_for(os.environ.get("CARDSHARP_SMTP_URL", "")))
except ValueError as error:
    raise ImproperlyConfigured(f"CARDSHARP_SMTP_URL {error}") from error
DEFAULT_FROM_EMAIL = os.environ.get("CARDSHARP_MAIL_FROM", "CardSharp <noreply@localhost>")
PASSWORD_RESET_TIMEOUT = 3600

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
if PRODUCTION:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True

CARDSHARP_IDLE_GUEST_DAYS = float(os.environ.get("CARDSHARP_IDLE_GUEST_DAYS", "30"))
"""After how many days a guest is deleted who never did anything."""

CARDSHARP_GUEST_CHIPS = 1_000
"""Chips that a guest and a new account begin with."""

CARDSHARP_DAILY_CHIPS = int(os.environ.get("CARDSHARP_DAILY_CHIPS", "500"))
"""Up to how many chips a player who has run out is given once a day; 0 for none."""

CARDSHARP_DAILY_CHIPS_BELOW = int(os.environ.get("CARDSHARP_DAILY_CHIPS_BELOW", "50"))
"""Who has fewer chips than this, at tables and in the wallet, has run out."""

CARDSHARP_TABLES_PER_PLAYER = int(os.environ.get("CARDSHARP_TABLES_PER_PLAYER", "3"))
"""How many open tables of their own making a player may have."""

CARDSHARP_EMPTY_TABLE_SECONDS = float(os.environ.get("CARDSHARP_EMPTY_TABLE_SECONDS", "3600"))
"""After how many seconds a table closes that a player has made and nobody sits at."""

CARDSHARP_KEPT_EVENTS = int(os.environ.get("CARDSHARP_KEPT_EVENTS", "100000"))
"""How many events of each table's log are kept at least; 0 for all."""

CARDSHARP_HEARTBEAT_SECONDS = float(os.environ.get("CARDSHARP_HEARTBEAT_SECONDS", "20"))
"""Seconds between the server's heartbeats; a client that sends nothing for three of them is closed."""

try:
    CARDSHARP_ARRIVALS_PER_HOUR = msgspec.json.decode(os.environ.get("CARDSHARP_ARRIVALS_PER_HOUR", "{}"), type=PerHour)
except msgspec.MsgspecError as error:
    raise ImproperlyConfigured(f"CARDSHARP_ARRIVALS_PER_HOUR is a JSON object of whole numbers: {error}") from error
"""What one address may do in an hour: a JSON object with fields of `games.per_hour.PerHour`."""

try:
    CARDSHARP_LIMITS = msgspec.json.decode(os.environ.get("CARDSHARP_LIMITS", "{}"), type=Limits)
except msgspec.MsgspecError as error:
    raise ImproperlyConfigured(f"CARDSHARP_LIMITS is a JSON object of the protocol's limits: {error}") from error
"""What a connection, a player and an address may ask: a JSON object with fields of `cardsharp.events.limits.Limits`."""

try:
    CARDSHARP_TRUSTED_PROXIES = read_networks(os.environ.get("CARDSHARP_TRUSTED_PROXIES", ""))
except ValueError as error:
    raise ImproperlyConfigured(f"CARDSHARP_TRUSTED_PROXIES are addresses and networks: {error}") from error
"""Proxies whose `X-Forwarded-For` says where clients connect from: addresses and networks, with commas between."""

CARDSHARP_EXTENSIONS = [path for path in os.environ.get("CARDSHARP_EXTENSIONS", "").split(",") if path]
"""Functions, as `module.name`, that extend the protocol: each is called with the process's WebSocketEventHandler."""

CARDSHARP_METRICS_TOKEN = os.environ.get("CARDSHARP_METRICS_TOKEN", "")
"""What Prometheus sends as a bearer token to read /metrics; empty, there is no such page."""

CARDSHARP_STACKED_SHOE = os.environ.get("CARDSHARP_STACKED_SHOE", "")
"""Cards that every shoe begins with, for tests and demonstrations. Refused in production."""

CARDSHARP_LOG_FORMAT = os.environ.get("CARDSHARP_LOG_FORMAT", "line")
"""`line` for people; `json` for machines: an object a line, with the ids of client, message, table and round."""
if CARDSHARP_LOG_FORMAT not in ("line", "json"):
    raise ImproperlyConfigured("CARDSHARP_LOG_FORMAT is line or json")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": ["levelname", "name", "message"],
            "rename_fields": {"levelname": "level", "name": "logger", "exc_info": "traceback"},
            "timestamp": "time",
        },
    },
    "filters": {
        "outages": {"()": "games.outages.OfAnOutage"},
        "context": {"()": "cardsharp.log_context.OfContext"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": CARDSHARP_LOG_FORMAT,
            "filters": ["outages", "context"],
        }
    },
    "root": {"handlers": ["console"], "level": os.environ.get("CARDSHARP_LOG_LEVEL", "INFO")},
    "loggers": {
        "daphne.http_protocol": {"level": "WARNING"},
        "daphne.server": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        # What the pool would say at each of its attempts, an outage says once.
        "psycopg.pool": {"level": "ERROR"},
    },
}
DEFAULT_EXCEPTION_REPORTER_FILTER = "games.reports.NoVariables"
