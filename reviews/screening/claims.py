"""Who has which card on screen: kept in the cache for ten minutes, never in a row.

A claim keeps a card out of other people's queues while somebody reads it. It decides nothing: a vote needs none, no
page shows one, and without the cache the queue goes on by itself (``queueing``). Whoever has voted on a reference is
left out of the count, so that a vote ends its voter's claim at the moment in which it is stored.
"""

import functools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

LASTS = 600
# A cache that does not answer costs one request in every so many seconds this long, and the others nothing.
PATIENCE, PAUSE = 0.25, 10.0

# One turn for a page of cards. ARGV: person, how long a claim lasts (ms), how many cards to show, how many of them to
# claim; then for every key its open places and its voters between commas. The answer: of the candidates that had no
# place left, the one that nobody has looked at for longest (0: none) and when; then the places of those to show.
_TAKE = """
local person, lasts = ARGV[1], tonumber(ARGV[2])
local limit, to_claim = tonumber(ARGV[3]), tonumber(ARGV[4])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local answer, shown = {0, 0}, 0
for place, key in ipairs(KEYS) do
  if shown == limit then break end
  local open, voters = tonumber(ARGV[3 + 2 * place]), ARGV[4 + 2 * place]
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - lasts)
  local claims, others, newest = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES'), 0, 0
  for one = 1, #claims, 2 do
    if claims[one] ~= person and not string.find(voters, ',' .. claims[one] .. ',', 1, true) then
      others, newest = others + 1, tonumber(claims[one + 1])
    end
  end
  if others < open then
    shown = shown + 1
    answer[2 + shown] = place
    if shown <= to_claim then
      redis.call('ZADD', key, now, person)
      redis.call('PEXPIRE', key, lasts)
    end
  elseif answer[1] == 0 or newest < answer[2] then
    answer[1], answer[2] = place, newest
  end
end
return answer
"""


@dataclass(frozen=True)
class Desk:
    """One person's screen in one phase of a review."""

    review_id: int
    phase: str
    person_id: int

    def key(self, reference_id: int) -> str:
        prefix = settings.CACHES["default"].get("KEY_PREFIX", "")
        return f"{prefix}:claims:{self.review_id}:{self.phase}:{reference_id}"


@dataclass(frozen=True)
class Candidate:
    """A reference that the person may vote on, how many votes it still takes, and who has voted."""

    reference_id: int
    open_places: int
    voters: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Taken:
    """``shown`` may be shown to the person; ``oldest`` is the fully claimed one that was looked at longest ago."""

    shown: tuple[int, ...]
    oldest: int | None
    seen_at: int


@dataclass
class _Cache:
    url: str
    away_until: float = 0.0
    client: redis.Redis = field(init=False)

    def __post_init__(self) -> None:
        self.client = redis.Redis.from_url(
            self.url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
        )
        self.script = self.client.register_script(_TAKE)

    def run(self, keys: list[str], arguments: list[str | int]) -> list[int] | None:
        if time.monotonic() < self.away_until:
            return None
        try:
            return self.script(keys=keys, args=arguments)  # type: ignore[no-any-return]
        except (redis.RedisError, OSError):
            self.away_until = time.monotonic() + PAUSE
            return None


@functools.cache
def _cache(url: str) -> _Cache:
    return _Cache(url)


def take(desk: Desk, candidates: Sequence[Candidate], *, limit: int, to_claim: int) -> Taken | None:
    """Of the candidates in their order the first ``limit`` with a place left, the first ``to_claim`` of them claimed.

    A card that the person has claimed already is claimed anew. None when the cache does not answer.
    """
    if not candidates:
        return Taken((), None, 0)
    arguments: list[str | int] = [desk.person_id, LASTS * 1000, limit, to_claim]
    for one in candidates:
        arguments += [one.open_places, f",{','.join(map(str, sorted(one.voters)))},"]
    answer = _cache(settings.REDIS_URL).run([desk.key(one.reference_id) for one in candidates], arguments)
    if answer is None:
        return None
    oldest, seen_at, *places = answer
    shown = tuple(candidates[place - 1].reference_id for place in places)
    return Taken(shown, candidates[oldest - 1].reference_id if oldest else None, seen_at)
