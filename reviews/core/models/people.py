from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models.expressions import F, Func
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.functional import cached_property

from reviews.core.keys import Keymap


class UserManager(BaseUserManager["User"]):
    """What Django's own commands and allauth need: users keyed by e-mail."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        with transaction.atomic(using=self._db):
            user.save(using=self._db)
            # Here and not by the first page that shows it: pages only read.
            EmailAddress.objects.using(self._db).create(user=user, email=user.email, primary=True)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Erasing one pseudonymises this row; what the person decided stays."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    prefers_list = models.BooleanField(default=False, help_text="Screens from a list instead of one card at a time.")
    # Which keys this person changed, see ``core.keys``.
    keys = models.JSONField(default=dict, blank=True)
    joined_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.CheckConstraint(
                condition=Exact(
                    Func(F("keys"), function="jsonb_typeof", output_field=models.TextField()), models.Value("object")
                ),
                name="user_keys_are_named",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def keymap(self) -> Keymap:
        return Keymap.of(self.keys)

    def get_full_name(self) -> str:
        return self.name
