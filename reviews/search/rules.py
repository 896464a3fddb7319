"""What sources and imports are."""

from django.db.models import TextChoices


class SourceKind(TextChoices):
    DATABASE = "database", "Database"
    REGISTER = "register", "Register"
    WEBSITE = "website", "Website"
    ORGANISATION = "organisation", "Organisation"
    CITATIONS = "citations", "Citation searching"


class ImportState(TextChoices):
    WAITING = "waiting", "Waiting"
    STORING = "storing", "Being stored"
    STORED = "stored", "Stored"
    REFUSED = "refused", "Refused"


class JoinKind(TextChoices):
    FIRST = "first", "First record of the reference"
    DOI = "doi", "Same DOI"
    PMID = "pmid", "Same PMID"
    TITLE = "title", "Same title, year and first author"


CHUNK = 500
CHECKED_AT_ONCE = 8 * 1024 * 1024
