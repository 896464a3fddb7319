import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviews.config.settings")

application = get_wsgi_application()

# Load every view while the server starts; otherwise the first visitor waits for it.
_ = get_resolver().url_patterns
