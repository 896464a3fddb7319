from rest_framework.pagination import LimitOffsetPagination


class Pages(LimitOffsetPagination):
    """50 rows, or as many as ``limit`` asks for, up to 500."""

    default_limit = 50
    max_limit = 500
