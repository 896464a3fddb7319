"""What a synthesis specifies. Pure."""

from django.db.models import TextChoices


class Measure(TextChoices):
    SMD = "SMD", "Standardised mean difference (Hedges g)"
    MD = "MD", "Mean difference"


class Model(TextChoices):
    RANDOM = "random", "Random effects"
    COMMON = "common", "Common effect"


class Tau2Method(TextChoices):
    DL = "DL", "DerSimonian-Laird"
    REML = "REML", "Restricted maximum likelihood (REML)"


class Convention(TextChoices):
    REVMAN5 = "revman5", "RevMan 5"
    METAFOR = "metafor", "metafor"


NO_TAU2 = "–"
