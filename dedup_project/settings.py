"""Settings, read from the environment alone; docs/configuration.md describes every variable."""

from __future__ import annotations

import importlib
from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF

from dedup_project import __version__, env, logs
from matching import learned

# Lets `admin.ModelAdmin[Model]` be written at run time as the type checker reads it.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.private_folder(Path(env.text("DATA_DIR", str(BASE_DIR / "data"))).resolve())

VERSION = __version__
DEBUG = env.boolean("DEBUG", default=False)
SECRET_KEY = env.secret_key(DATA_DIR)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_FAILURE_VIEW = "dedup_project.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "dedup_project.admin_config.SuperuserAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "dedup_project",
    "accounts",
    "jobs",
    "webhooks",
    "lists",
    "text_lists",
    "review",
    "duplicates",
    "imports",
    "verdicts",
    "insights",
    "demo",
    "api",
    "dashboard",
]

MIDDLEWARE = [
    "dedup_project.middleware.OriginMiddleware",
    "dedup_project.middleware.CountRequests",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Behind WhiteNoise, whose files are compressed once and for all.
    "dedup_project.middleware.TextCompression",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.middleware.SessionUseMiddleware",
    "dedup_project.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "dedup_project.urls"
WSGI_APPLICATION = "dedup_project.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "debug": DEBUG,
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dashboard.shell.context",
            ],
            # What nearly every template uses, so that none has to load it.
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.l10n",
                "django.templatetags.static",
                "django.contrib.humanize.templatetags.humanize",
                "lists.templatetags.pictures",
                "review.templatetags.matches",
                "verdicts.templatetags.verdict_panels",
            ],
        },
    }
]

DATABASES = {"default": env.database("DATABASE_URL", DATA_DIR / "lookalike.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People and passwords
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
PASSWORD_RESET_TIMEOUT = 3600
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_ENGINE = "accounts.session_store"
# A session ends when it was not used for so long, and when it is so old.
SESSION_COOKIE_AGE = env.integer("SESSION_IDLE_DAYS", 14) * 86_400
SESSION_DAYS = env.integer("SESSION_DAYS", 30)
# Older entries of the audit are deleted.
AUDIT_DAYS = env.integer("AUDIT_DAYS", 400)

# Mail: invitations and lost passwords; without a server their links are shown to the admin
globals().update(env.mail("EMAIL_URL"))
SENDS_MAIL = bool(env.text("EMAIL_URL", ""))
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", None if SENDS_MAIL else "nobody@localhost")
EMAIL_TIMEOUT = 10

# Signing in by OpenID Connect, off without an issuer
OIDC_ISSUER = env.web_address("OIDC_ISSUER")
OIDC_CLIENT_ID = env.text("OIDC_CLIENT_ID", None if OIDC_ISSUER else "")
OIDC_CLIENT_SECRET = env.text("OIDC_CLIENT_SECRET", None if OIDC_ISSUER else "")
OIDC_NAME = env.text("OIDC_NAME", "OpenID Connect")

# Files: originals and thumbnails through Django storage, local unless a bucket is named
STORAGE_BUCKET = env.text("STORAGE_BUCKET", "")
# Left free on the disk of local files, so that all but new pictures goes on when it is full.
STORAGE_RESERVE_BYTES = env.integer("STORAGE_RESERVE_BYTES", 200_000_000)
_LOCAL_FILES = {
    "BACKEND": "lists.storage.AtomicFileSystemStorage",
    "OPTIONS": {"location": DATA_DIR / "media", "base_url": None},
}
STORAGE_PREFIX = env.text("STORAGE_PREFIX", "")
_S3_SIGN_IN = {
    "endpoint_url": env.web_address("STORAGE_ENDPOINT_URL") or None,
    "region_name": env.text("STORAGE_REGION", "") or None,
    "access_key": env.text("STORAGE_ACCESS_KEY", "") or None,
    "secret_key": env.text("STORAGE_SECRET_KEY", "") or None,
}
_S3_FILES = {
    "BACKEND": "lists.buckets.BucketStorage",
    "OPTIONS": {
        "bucket_name": STORAGE_BUCKET,
        "location": STORAGE_PREFIX,
        **_S3_SIGN_IN,
        "default_acl": "private",
        # Names are content hashes: writing one twice writes the same bytes.
        "file_overwrite": True,
    },
}
STORAGES = {
    "default": _S3_FILES if STORAGE_BUCKET else _LOCAL_FILES,
    "staticfiles": {"BACKEND": "dedup_project.static_files.HashedStaticFiles"},
}
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]

# What may come in
MAX_IMAGE_BYTES = env.integer("MAX_IMAGE_BYTES", 30_000_000)
MAX_VIDEO_BYTES = env.integer("MAX_VIDEO_BYTES", 40_000_000)
# The whole request: a video, or an image with room for base64, and form fields.
MAX_BODY_BYTES = env.integer(
    "MAX_BODY_BYTES", max(MAX_IMAGE_BYTES * 4 // 3, MAX_VIDEO_BYTES) + 1_000_000
)
# From the connection, or the first byte, to the last byte of a request's head.
HEADER_TIMEOUT_S = env.integer("HEADER_TIMEOUT_S", 10)
# From the first to the last byte of a request's body.
BODY_TIMEOUT_S = env.integer("BODY_TIMEOUT_S", 60)
# In which a client has to read some of its answer.
ANSWER_TIMEOUT_S = env.integer("ANSWER_TIMEOUT_S", 30)
# To one process. Also how many requests of one address it has at once, behind a proxy too.
CONNECTIONS_PER_ADDRESS = env.integer("CONNECTIONS_PER_ADDRESS", 200)
# That work on requests, of each process.
THREADS = env.integer("THREADS", 8)
FILE_UPLOAD_MAX_MEMORY_SIZE = 10_000_000
# A client may send the picture as a part without a file name, which Django counts as a field.
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES
# A selection of pairs has one each, and services decide at most 500 at once.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 600
DATA_UPLOAD_MAX_NUMBER_FILES = 20
DECODE_WORKERS = env.integer("DECODE_WORKERS", 2)
DECODE_TIMEOUT_S = env.integer("DECODE_TIMEOUT_S", 10)
DECODE_MEMORY_BYTES = env.integer("DECODE_MEMORY_BYTES", 2_000_000_000)
MODEL_WORKERS = env.integer("MODEL_WORKERS", 1)
MODEL_TIMEOUT_S = env.integer("MODEL_TIMEOUT_S", 30)
MODEL_MEMORY_BYTES = env.integer("MODEL_MEMORY_BYTES", 2_000_000_000)
MODEL_PASSES = env.integer("MODEL_PASSES", 4)
# For everything that is asked of one video.
VIDEO_TIMEOUT_S = env.integer("VIDEO_TIMEOUT_S", 120)
BROUGHT_MODELS = env.brought_models("MODELS_DIR")
LEARNED_MODEL = BROUGHT_MODELS.serving(learned.SERVES)
FETCH_ALLOW_HOSTS = env.words("FETCH_ALLOW_HOSTS")
FETCH_ALLOW_PORTS = env.ports("FETCH_ALLOW_PORTS")
# By api_user, where results go that name no address; the addresses hold the receivers' secrets.
ALEGRE_CALLBACKS = env.pairs("ALEGRE_CALLBACKS")

# What programs may use, 0 for no limit; an organisation may have its own limits
RATE_LIMIT_PER_MINUTE = env.integer("RATE_LIMIT_PER_MINUTE", 0)
QUOTA_PER_DAY = env.integer("QUOTA_PER_DAY", 0)
QUOTA_PER_MONTH = env.integer("QUOTA_PER_MONTH", 0)

# What an organisation may keep, 0 for no limit; it may have its own limits
QUOTA_BYTES = env.integer("QUOTA_BYTES", 0)
QUOTA_ITEMS = env.integer("QUOTA_ITEMS", 0)
QUOTA_SNAPSHOT_BYTES = env.integer("QUOTA_SNAPSHOT_BYTES", 10_000_000_000)

# Requests that fetch or look at pictures, at once in each process: see accounts.at_work
LONG_REQUESTS_PER_ORGANISATION = env.integer("LONG_REQUESTS_PER_ORGANISATION", THREADS // 2)

# Work in the background
WORK_THREADS = env.integer("WORK_THREADS", 1)
JOBS_AT_ONCE_PER_ORGANISATION = env.integer(
    "JOBS_AT_ONCE_PER_ORGANISATION", max(1, WORK_THREADS - 1)
)
JOBS_WAITING_PER_ORGANISATION = env.integer("JOBS_WAITING_PER_ORGANISATION", 10_000)

# Many images at once: the largest file that is taken, and rows that are worked on at once.
# From which buckets, by whom; the product's own files are never among them.
IMPORT_BUCKETS = env.bucket_prefixes("IMPORT_BUCKETS", apart_from=(STORAGE_BUCKET, STORAGE_PREFIX))
_IMPORT_SIGN_IN = {
    "endpoint_url": env.web_address("IMPORT_BUCKETS_ENDPOINT_URL") or None,
    "region_name": env.text("IMPORT_BUCKETS_REGION", "") or None,
    "access_key": env.text("IMPORT_BUCKETS_ACCESS_KEY", "") or None,
    "secret_key": env.text("IMPORT_BUCKETS_SECRET_KEY", "") or None,
}
IMPORT_BUCKET_OPTIONS = _IMPORT_SIGN_IN if any(_IMPORT_SIGN_IN.values()) else _S3_SIGN_IN
MAX_IMPORT_BYTES = env.integer("MAX_IMPORT_BYTES", 20_000_000_000)
IMPORT_THREADS = env.integer("IMPORT_THREADS", DECODE_WORKERS + 1)

# How pairs are scored: a file of `manage.py fit_score`, else the shipped model
SCORE_MODEL = env.file("SCORE_MODEL")

# Who may read /metrics: with the token, or from the addresses; nobody where neither is set
METRICS_TOKEN = env.text("METRICS_TOKEN", "")
METRICS_ADDRESSES = env.networks("METRICS_ADDRESSES")

# Language and time
LANGUAGE_CODE = "en"
# In their own words, so that everybody finds their own.
LANGUAGES = [
    ("en", "English"),
    ("es", "Español"),
    ("pt-br", "Português (Brasil)"),
    ("fr", "Français"),
    ("hi", "हिन्दी"),
    ("ar", "العربية"),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["dedup_project.formats"]
LANGUAGE_COOKIE_AGE = 31_536_000
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_TZ = True
TIME_ZONE = "UTC"

# Transport and browser
HTTPS = env.boolean("HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
# Monitoring asks the server directly, behind the proxy that knows HTTPS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# These hold for a whole domain and for years, so one server does not promise them unasked.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.boolean("HSTS_SUBDOMAINS", default=False)
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
# The proxies whose X-Forwarded-For is believed; sign-ins are limited by address.
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Lookalike",
    "DESCRIPTION": "Was this picture seen before? Lists, checks, matches and decisions.",
    "VERSION": VERSION,
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "ENFORCE_NON_BLANK_FIELDS": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "ColumnMeaningEnum": "imports.tables.MEANINGS",
        "EntryLanguageEnum": "text_lists.kinds.ENTRY_LANGUAGES",
        "EventTypeEnum": "webhooks.kinds.EVENT_TYPES",
        "ImportKindEnum": "imports.sources.KINDS",
        "KindEnum": "text_lists.kinds.LIST_KINDS",
        "LanguageEnum": "moderation.types.LANGUAGES",
        "NoticeKindEnum": "verdicts.kinds.NOTICE_KINDS",
        "NoticeStateEnum": "verdicts.kinds.NOTICE_STATES",
        "RuleActEnum": "review.automation.criteria.ACTS",
        "VerdictStateEnum": "verdicts.kinds.VERDICT_STATES",
        "VersionActEnum": "verdicts.kinds.VERSION_ACTS",
    },
}

LOGGING = logs.from_environment()

# Loaded only where somebody asks for it
if SENTRY_DSN := env.text("SENTRY_DSN", ""):
    importlib.import_module("dedup_project.sentry").begin(SENTRY_DSN, release=VERSION)
