"""Django settings: one file, every variable read through ``environment``."""

from importlib.util import find_spec
from pathlib import Path

from csp.constants import NONE, SELF

from reviews.config import environment

BASE_DIR = Path(__file__).resolve().parents[2]
VERSION = "0.3.0"
VAR_DIR = Path(environment.text("TANDEM_VAR", str(BASE_DIR / "var")))

# --- Where it runs -----------------------------------------------------------------------------------
DEBUG = environment.flag("DEBUG", False)
SECRET_KEY = environment.text("TANDEM_SECRET_KEY")
BASE_URL = environment.text("TANDEM_BASE_URL", "http://127.0.0.1:8000")
IS_HTTPS = BASE_URL.startswith("https://")
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = [BASE_URL]
DATABASES = {"default": environment.database("DATABASE_URL")}
# `migrate` connects as this role; the application, whose role owns no table, cannot get round a trigger.
DATABASE_OWNER = environment.database_owner("MIGRATE_DATABASE_URL")
REDIS_URL = environment.text("REDIS_URL")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

# --- What it is made of ------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "reviews.core.staticfiles.StaticConfig",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "template_partials",
    "csp",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "reviews.core",
    "reviews.protocols",
    "reviews.search",
    "reviews.screening",
    "reviews.extraction",
    "reviews.synthesis",
    "reviews.reporting",
    "reviews.api",
]
MIDDLEWARE = [
    # Around everything that may ask the database, sessions too.
    "reviews.core.middleware.SafeMethodsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "reviews.core.middleware.SeatMiddleware",
    # After the seat: the CSRF check reads the form, and permission comes before any input is read.
    "django.middleware.csrf.CsrfViewMiddleware",
    "reviews.core.middleware.RefusalMiddleware",
]
ROOT_URLCONF = "reviews.config.urls"
WSGI_APPLICATION = "reviews.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
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
                "reviews.core.context.review",
            ],
        },
    }
]

# --- People ------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    }
]
SESSION_ENGINE = "reviews.core.sessions"
# In a cookie, never in the session's row: a message is taken away by the page that shows it.
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "core:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "core:home"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "reviews.core.forms.NameForm"
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Tandem] "
ACCOUNT_ADAPTER = "reviews.core.accounts.AccountAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Tandem"
# Half a minute either way: phones and servers disagree about the time.
MFA_TOTP_TOLERANCE = 1
IS_SIGNUP_OPEN = environment.flag("TANDEM_SIGNUP_OPEN", True)

# --- Mail --------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = environment.sender("TANDEM_MAIL_FROM", BASE_URL)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
if environment.text("EMAIL_URL", "-") == "-":
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
else:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    globals().update(environment.email_server("EMAIL_URL"))

# --- Jobs --------------------------------------------------------------------------------------------
CELERY_BROKER_URL = environment.celery_broker(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 15, "socket_connect_timeout": 5}
CELERY_BEAT_SCHEDULE = {
    "requeue-lost-jobs": {"task": "reviews.core.tasks.requeue_lost_jobs", "schedule": 10.0},
    "forget-leftover-uploads": {"task": "reviews.search.tasks.forget_leftovers", "schedule": 3600.0},
    "present-references-again": {"task": "reviews.search.tasks.present_again", "schedule": 20.0},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

# --- Stages ------------------------------------------------------------------------------------------
# Called in the same transaction when references become one or part, when somebody joins, leaves or changes role, and
# when a protocol comes into force: stages that upstream must not import (``core.following``).
FOLLOWS_REGROUPING = ["reviews.screening.services.follow_regrouping"]
FOLLOWS_MEMBERSHIP = ["reviews.screening.services.follow_membership", "reviews.extraction.services.follow_membership"]
FOLLOWS_PROTOCOL = ["reviews.screening.services.follow_protocol", "reviews.extraction.services.follow_protocol"]
# Asked in the same way: whether a later stage builds on reports, and whether somebody may only propose a join.
USES_REPORTS = ["reviews.extraction.selectors.uses.is_report_of_a_study"]
ASKED_BEFORE_JOINING = ["reviews.screening.services.joining_needs_another"]

# --- Files -------------------------------------------------------------------------------------------
MEDIA_ROOT = VAR_DIR / "files"
STATIC_URL = "/static/"
STATIC_ROOT = Path(environment.text("TANDEM_STATIC_ROOT", str(VAR_DIR / "static")))
PLOTLY_FILES = Path(find_spec("plotly").origin).parent / "package_data"  # type: ignore[union-attr, arg-type]
STATICFILES_DIRS = [BASE_DIR / "static", ("plotly", PLOTLY_FILES)]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "reviews.core.staticfiles.TypefaceFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
# Bytes of the largest file of references that is taken.
MOST_UPLOADED = 1_000_000 * environment.number("TANDEM_MOST_UPLOADED_MB", 1000)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- Language and time -------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

# --- Security ----------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
SECURE_SSL_REDIRECT = IS_HTTPS and environment.flag("TANDEM_SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
if environment.flag("TANDEM_BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- API ---------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    # For people there is the page /api/docs/; DRF's own pages need scripts that the content policy forbids.
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": [
        "reviews.api.parsing.PlainJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_PAGINATION_CLASS": "reviews.api.paging.Pages",
    # What a call takes is in the OpenAPI schema; OPTIONS would describe it a second time.
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "reviews.core.api.refuse",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Tandem",
    "DESCRIPTION": "A systematic review, from the protocol to the published forest plot.",
    "VERSION": VERSION,
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api",
    "ENUM_NAME_OVERRIDES": {"ArmRoleEnum": "reviews.protocols.rules.ArmRole"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # A PDF's letters are cut out by fontTools, which tells of every step.
    "loggers": {"django.request": {"level": "ERROR"}, "fontTools": {"level": "WARNING"}},
}
