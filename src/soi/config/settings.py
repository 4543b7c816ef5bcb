"""All settings of a desk. Each is read from the environment by `soi.config.env`, once, here.

docs/reference/settings.md says what each one does; a test keeps that page complete.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from soi.config import env
from soi.core.lookalike import normalise_host, registrable
from soi.register.proofs.dns import named_servers

PACKAGE = Path(__file__).resolve().parent.parent

# Where things are kept
SOI_DATA_DIR = env.path("SOI_DATA_DIR", Path("var"), shown="./var")
SOI_CACHE_DIR = env.path("SOI_CACHE_DIR", Path("~/.cache/soi"), shown="~/.cache/soi")
SOI_INDEX_DIR = SOI_DATA_DIR / "index"
SOI_CAPTURES_DIR = SOI_DATA_DIR / "captures"
SOI_IMPORTS_DIR = SOI_DATA_DIR / "imports"
SOI_INDEX_URL = env.text("SOI_INDEX_URL", "", shown="(none: the index lies in the data folder)")
SOI_INDEX_KEY = env.text("SOI_INDEX_KEY", "", shown="(none)")
SOI_INDEX_NAME = env.text("SOI_INDEX_NAME", "soi")
SOI_INDEX_SHARDS = env.integer("SOI_INDEX_SHARDS", 1, least=1)
SOI_INDEX_REPLICAS = env.integer("SOI_INDEX_REPLICAS", 1, least=1)

# Safety
DEBUG = env.flag("SOI_DEBUG", False)
SECRET_KEY = env.secret("SOI_SECRET_KEY", SOI_DATA_DIR / "secret.key")
SOI_HAS_SECRET = bool(SECRET_KEY)
ALLOWED_HOSTS = list(env.words("SOI_ALLOWED_HOSTS", ("localhost", "127.0.0.1", "[::1]")))
SOI_HTTPS = env.flag("SOI_HTTPS", False)
SECURE_SSL_REDIRECT = SOI_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if SOI_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SOI_HTTPS else None
SECURE_REFERRER_POLICY = "no-referrer"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Records
_DATABASE_URL = env.text(
    "DATABASE_URL",
    f"sqlite:///{quote(str(SOI_DATA_DIR / 'soi.sqlite3'))}",
    shown="sqlite:///<SOI_DATA_DIR>/soi.sqlite3",
)
try:
    _database: dict[str, Any] = dict(dj_database_url.parse(_DATABASE_URL, conn_max_age=60))
except (ValueError, dj_database_url.ParseError) as error:
    raise ImproperlyConfigured(f"DATABASE_URL can't be read: {error}") from error
if _database["ENGINE"] == "django.db.backends.sqlite3":
    _database["OPTIONS"] = {
        # Writers queue at BEGIN instead of failing half-way; readers never wait in WAL.
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The public log
SOI_LOG_DIR = env.path("SOI_LOG_DIR", SOI_DATA_DIR / "log", shown="<SOI_DATA_DIR>/log")
SOI_LOG_KEY = env.text("SOI_LOG_KEY", "", shown="made by `soi init`")
SOI_LOG_WITNESSES = env.words("SOI_LOG_WITNESSES", ())

# The desk: who owns it and who pays for it is on every page (charter rule C9)
SOI_DESK_NAME = env.text("SOI_DESK_NAME", "", shown="(the name of the product)")
SOI_DESK_OWNER = env.text("SOI_DESK_OWNER", "")
SOI_DESK_FUNDING = env.text("SOI_DESK_FUNDING", "")
SOI_LICENCE = env.text("SOI_LICENCE", "")
SOI_SECURITY_CONTACT = env.text("SOI_SECURITY_CONTACT", "")
SOI_BASE_URL = env.text("SOI_BASE_URL", "http://localhost:8000").rstrip("/")

# Answers
SOI_ANSWERS_PER_MINUTE = env.integer("SOI_ANSWERS_PER_MINUTE", 30, least=1)
SOI_READS_PER_MINUTE = env.integer("SOI_READS_PER_MINUTE", 120, least=1)
SOI_TRUSTED_PROXIES = env.integer("SOI_TRUSTED_PROXIES", 0)
SOI_EMBEDDER = env.choice("SOI_EMBEDDER", "int8", among=("int8", "nano"))
SOI_REDIS_URL = env.text("SOI_REDIS_URL", "", shown="(none: each web process counts for itself)")
SOI_PROCESSES = env.integer("SOI_PROCESSES", 1, least=1)
CACHES: dict[str, dict[str, Any]]
if SOI_REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": SOI_REDIS_URL,
        }
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    }
# Proofs of ownership
SOI_DNS_SERVERS = env.words("SOI_DNS_SERVERS", ())
try:
    named_servers(SOI_DNS_SERVERS)
except ValueError as error:
    raise ImproperlyConfigured(f"SOI_DNS_SERVERS: {error}") from error

# Lookalikes
SOI_PARTNER_DOMAINS = tuple(
    domain for word in env.words("SOI_PARTNER_DOMAINS", ()) for domain in word.split()
)
for _domain in SOI_PARTNER_DOMAINS:
    if registrable(normalise_host(_domain)) is None:
        raise ImproperlyConfigured(
            f"SOI_PARTNER_DOMAINS: {_domain!r} is no domain that one owner registered."
        )

# Webhooks
SOI_WEBHOOK_PRIVATE_HOSTS = tuple(
    host.lower() for word in env.words("SOI_WEBHOOK_PRIVATE_HOSTS", ()) for host in word.split()
)

# Tips
SOI_TIPS_PER_DAY = env.integer("SOI_TIPS_PER_DAY", 1000, least=1)
SOI_TIPS_WAITING = env.integer("SOI_TIPS_WAITING", 100_000, least=1)
SOI_CONTACT_DAYS = env.integer("SOI_CONTACT_DAYS", 30, least=1)
# A message may hold 50,000 characters, each up to 4 bytes and three times that when URL-encoded.
DATA_UPLOAD_MAX_MEMORY_SIZE = 700_000

# Captured sources
SOI_WATCH_HOURS = env.integer("SOI_WATCH_HOURS", 24, least=1)
SOI_CHROMIUM = env.text("SOI_CHROMIUM", "/usr/bin/chromium")
SOI_TIMESTAMP_URL = env.text("SOI_TIMESTAMP_URL", "", shown="(none: no timestamps)")
SOI_TIMESTAMP_ROOTS = env.text("SOI_TIMESTAMP_ROOTS", "", shown="(none)")

# People and sign-in. A session and its cookies are made below /desk/ and /account/ only (ADR 0007).
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ("name", "email")}),
        ("MinimumLengthValidator", {"min_length": 10}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
SOI_SESSION_HOURS = env.integer("SOI_SESSION_HOURS", 12, least=1)
_HOST_ONLY = "__Host-" if SOI_HTTPS else ""  # RFC 6265bis, section 4.1.3.2
SESSION_COOKIE_NAME = f"{_HOST_ONLY}soi_session"
SESSION_COOKIE_AGE = SOI_SESSION_HOURS * 60 * 60
SESSION_COOKIE_SECURE = SOI_HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{_HOST_ONLY}soi_csrf"
CSRF_COOKIE_AGE = None  # ends with the browser
CSRF_COOKIE_SECURE = SOI_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
LOGIN_URL = "account_login"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # no mail server is assumed
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_ADAPTER = "soi.web.desk.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "soi.web.desk.forms.SignInForm",
    "change_password": "soi.web.desk.forms.ChangeForm",
    "set_password": "soi.web.desk.forms.FirstPasswordForm",
    "reauthenticate": "soi.web.desk.forms.ProvePassword",
}
CSRF_FAILURE_VIEW = "soi.web.desk.account.stale_form"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1
MFA_ADAPTER = "soi.web.desk.adapters.MfaAdapter"
MFA_FORMS = {
    "authenticate": "soi.web.desk.forms.CodeForm",
    "reauthenticate": "soi.web.desk.forms.ProveCode",
    "activate_totp": "soi.web.desk.forms.AppForm",
    "add_webauthn": "soi.web.desk.forms.PasskeyForm",
    "edit_webauthn": "soi.web.desk.forms.PasskeyNameForm",
}
# Browsers offer passkeys over HTTPS and on localhost; allauth asks for this to believe the second.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SOI_HTTPS
MFA_WEBAUTHN_USER_VERIFICATION = "required"

# Single sign-on by OpenID Connect: one service, for people whom the desk knows or has invited
SOI_OIDC_URL = env.text("SOI_OIDC_URL", "", shown="(none: no single sign-on)")
SOI_OIDC_CLIENT_ID = env.text("SOI_OIDC_CLIENT_ID", "", shown="(none)")
SOI_OIDC_CLIENT_SECRET = env.text("SOI_OIDC_CLIENT_SECRET", "", shown="(none)")
SOI_OIDC_NAME = env.text("SOI_OIDC_NAME", "OpenID Connect")
SOCIALACCOUNT_ADAPTER = "soi.web.desk.adapters.SocialAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
# A post that is led on to another host is stopped by `form-action 'self'`, a link is not; what
# comes back must carry the state that the session holds.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if SOI_OIDC_URL:
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "desk",
                "name": SOI_OIDC_NAME,
                "client_id": SOI_OIDC_CLIENT_ID,
                "secret": SOI_OIDC_CLIENT_SECRET,
                "settings": {"server_url": SOI_OIDC_URL},
            }
        ],
    }

# Languages: Vietnamese first, English equally
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
NUMBER_GROUPING = 3
TIME_ZONE = env.text("SOI_TIME_ZONE", "Asia/Ho_Chi_Minh")

INSTALLED_APPS = [
    "soi.web.desk",  # before allauth: its templates stand in for theirs
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_htmx",
    "ninja",
    "soi.journal",
    "soi.people",
    "soi.captures",
    "soi.claims",
    "soi.register",
    "soi.watch",
    "soi.incidents",
    "soi.checking",
    "soi.index",
    "soi.answer",
    "soi.publishing",
    "soi.intake",
    "soi.web.ui",
    "soi.web.public",
    "soi.config",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "soi.web.public.middleware.LanguageByAddressMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "soi.web.public.middleware.ComplaintMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "soi.config.urls"
WSGI_APPLICATION = "soi.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "soi.web.ui.context.desk",
            ]
        },
    }
]

# Static files: served by the desk itself, with names that change when their content does
STATIC_URL = "/static/"
STATIC_ROOT = SOI_DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# Logs go to standard error. No line holds message text, an address or a name of a sender.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"tokens": {"()": "soi.config.logs.WithoutTokens"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["tokens"],
        }
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"faiss": {"level": "WARNING"}, "httpx": {"level": "WARNING"}},
}
