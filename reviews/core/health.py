"""Whether the parts Tandem leans on are there, told apart."""

from dataclasses import dataclass

import kombu.exceptions
import redis
from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection


@dataclass(frozen=True)
class Part:
    name: str
    is_well: bool
    detail: str


def check() -> list[Part]:
    broker = _broker()
    worker = _worker() if broker.is_well else Part("worker", False, "cannot be asked while the broker is away")
    return [_database(), broker, worker]


def _database() -> Part:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Part("database", False, type(error).__name__)
    return Part("database", True, "answers")


def _broker() -> Part:
    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2).ping()
    except (redis.RedisError, OSError) as error:
        return Part("broker", False, type(error).__name__)
    return Part("broker", True, "answers")


def _worker() -> Part:
    try:
        answers = current_app.control.ping(timeout=1.0, limit=1)
    except (kombu.exceptions.OperationalError, redis.RedisError, OSError) as error:
        return Part("worker", False, type(error).__name__)
    return Part("worker", bool(answers), "answers" if answers else "no worker answered within a second")
