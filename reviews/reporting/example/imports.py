"""The example's searches and the files they gave."""

from datetime import date

from django.core.files.base import ContentFile

from reviews.core import jobs
from reviews.core.models import Job
from reviews.core.seats import Seat
from reviews.reporting.example import citations, protocol
from reviews.search import services as search
from reviews.search.models import DuplicateCheck
from reviews.search.rules import PairVerdict, SourceKind
from reviews.search.selectors import duplicates

SEARCHED_ON = date(2024, 12, 2)
PLATFORMS = {"Cochrane Library": "Wiley", "Embase": "Embase.com", "PubMed": "NCBI"}
STRATEGY = (
    '("chronic pain" OR fibromyalgia OR osteoarthritis OR migraine) AND (internet OR online OR web-based) '
    'AND ("cognitive behavioural therapy" OR CBT) AND random*'
)
STRATEGY_CHINESE = "（慢性疼痛 OR 纤维肌痛）AND（互联网 OR 网络 OR 远程）AND 认知行为"


def bring_in(seat: Seat) -> None:
    """One search run a database, one file a run, stored by the job that stores every import."""
    everything = citations.all_citations()
    for name in protocol.CONTENT.databases:
        found = [citation for citation in everything if name in citation.sources]
        source = search.add_source(seat, name=name, kind=SourceKind.DATABASE, platform=PLATFORMS.get(name, ""))
        run = search.add_search_run(
            seat,
            source_id=source.pk,
            run_on=SEARCHED_ON,
            strategy=STRATEGY_CHINESE if name in citations.CHINESE else STRATEGY,
            limits="From inception to 2 December 2024; no limit of language",
            hits_reported=len(found),
        )
        _store(seat, run.pk, name, found)
    _confirm(seat)


def _confirm(seat: Seat) -> None:
    """What has no place in a journal is joined by a person: here whoever brought it in, where the titles agree."""
    while same := [page for page in _waiting(seat) if page.pair.one.title == page.pair.other.title]:
        search.decide_pair(seat, pair_id=same[0].pair.pk, verdict=PairVerdict.JOINED)


def _waiting(seat: Seat) -> list[duplicates.PairPage]:
    return duplicates.pairs(seat, [one.pair_id for one in duplicates.waiting(seat)])


def _store(seat: Seat, run_id: int, name: str, found: list[citations.Citation]) -> None:
    is_pubmed = name == citations.PUBMED
    content = citations.nbib(found) if is_pubmed else citations.ris(found, name)
    ending = "nbib" if is_pubmed else "ris"
    file = ContentFile(content, name=f"{name.lower().replace(' ', '-')}-2024-12-02.{ending}")
    received = search.receive_file(seat, search_run_id=run_id, file=file)
    job = Job.objects.get(review_id=seat.review_id, subject_id=received.pk, task="reviews.search.tasks.run_import")
    jobs.run(job.pk, search.run_import)
    check = DuplicateCheck.objects.get(in_import=received)
    job = Job.objects.get(subject_id=check.pk, task="reviews.search.tasks.check_duplicates")
    jobs.run(job.pk, search.check_duplicates)
