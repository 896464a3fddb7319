"""Makes the dump of a release that later releases upgrade in their tests: the example, and a review amid everything.

It runs on the code of that release, with its services and its tests' people, in a checkout of its tag:

    cd checkout-of-0.2.0
    PYTHONPATH=. .venv/bin/python -m reviews.core.embedded services -- \
        .venv/bin/python -W ignore /path/to/tests/upgrades/make.py 0.2.0 /path/to/tests/upgrades

Two files come of it: `0.2.0.sql.gz`, all tables and rows, and `0.2.0.json`, what the release's own pages said of every
synthesis and its run. Before the next release, tell here what that release has beyond this one, and make its dump;
the older ones stay as they are.
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import django
from django.conf import settings

os.environ["DJANGO_SETTINGS_MODULE"] = "reviews.config.settings"
os.environ["TANDEM_VAR"] = tempfile.mkdtemp(prefix="tandem-dump-")
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
settings.ALLOWED_HOSTS.append("testserver")
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
django.setup()

from dataclasses import replace

from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.test import Client

from reviews.core import services as core
from reviews.core.models import Invitation, Membership, User
from reviews.core.rules import Role
from reviews.extraction import services as extraction
from reviews.extraction.models import Arm, Study
from reviews.protocols import services as protocols
from reviews.reporting import services as reporting
from reviews.reporting.models import ReportBuild
from reviews.screening import services as screening
from reviews.screening.rules import Phase
from reviews.search import services as search
from reviews.search.models import Reference, SearchRun
from reviews.synthesis import services as synthesis
from reviews.synthesis.models import Run, Synthesis
from tests import records
from tests import world as worlds
from tests.duplicates import decide, doubtful, open_pairs, ris, trial
from tests.world import World

TITLE, FULL = Phase.TITLE_ABSTRACT, Phase.FULL_TEXT


def people() -> World:
    """The people of the example lead and review this one too."""
    found = {user.email.split("@")[0]: user for user in User.objects.all()}
    users = {name: found.get(name) or worlds.person(name) for name in (*worlds.ROLES, "eve")}
    lead = core.create_review(users["ada"], title=worlds.CONTENT.title)
    world = World(lead.review_id, users, {"ada": lead})
    for name, role in worlds.ROLES.items():
        if name == "rea":
            world.seats[name] = core.accept_invitation(
                users[name], token=core.invite(lead, email="rea@example.org", role=role)
            )
        elif name != "ada":
            world.seats[name] = core.seat_person(lead, user=users[name], role=role)
    return world


def protocol(world: World) -> None:
    """In force, amended, and with a draft that goes further."""
    revision = protocols.save_draft(world.ada, content=worlds.CONTENT, revision=0)
    protocols.approve(world.ada, revision=revision)
    amended = replace(worlds.CONTENT, exclusion=("Animals", "Children"))
    worlds.amend(world, amended, "Keepers are grown up")
    protocols.save_draft(world.ada, content=replace(amended, inclusion=("Randomised trials",)), revision=revision + 1)


def library(world: World) -> list[Reference]:
    """Two sources, five imports (one undone, one with a refused record), and every kind of join."""
    worlds.upload(world, records.nbib(records.made(range(1, 15))), "one.nbib")
    worlds.upload(world, records.ris(records.made(range(8, 21))), "two.ris", source="Scopus")
    worlds.upload(world, ris(*(trial(n) for n in range(6)), {"PY": 2001}), "three.ris", source="Scopus")
    worlds.upload(world, ris(*(doubtful(n) for n in range(5))), "four.ris")
    mistaken = worlds.upload(world, records.ris(records.made(range(60, 63))), "mistaken.ris", source="Scopus")
    search.undo_import(world.ada, import_id=mistaken.pk)
    worlds.finish_jobs(world)
    run = SearchRun.objects.filter(source__review_id=world.review_id).order_by("pk")[0]
    search.correct_search_run(
        world.ada, search_run_id=run.pk, revision=run.revision, run_on=run.run_on, hits_reported=99
    )
    pairs = open_pairs(world)
    assert len(pairs) >= 5, len(pairs)
    voted = Reference.objects.get(
        review_id=world.review_id, merged_into=None, joins__record_id=pairs[0].one_id, joins__superseded_at=None
    )
    copy = Reference.objects.get(
        review_id=world.review_id, merged_into=None, joins__record_id=pairs[0].other_id, joins__superseded_at=None
    )
    worlds.vote(world, "bo", voted, "include")
    worlds.vote(world, "cy", copy, "exclude")
    decide(world, pairs[0], "joined")
    search.undo_decision(world.ada, decision_id=decide(world, pairs[1], "joined").pk)
    decide(world, pairs[2], "different", "bo")
    search.undo_decision(world.bo, decision_id=decide(world, pairs[3], "different", "bo").pk)
    search.set_thresholds(world.ada, join=0.93, propose=0.4, revision=0)
    waiting = ContentFile(records.ris(records.made(range(70, 73))), "not-yet-imported.ris")
    search.take_upload(world.ada, search_run_id=run.pk, file=waiting)
    half = search.begin_upload(world.cy, search_run_id=run.pk, file_name="half.ris", size=9000)
    search.add_part(world.cy, upload_id=half.pk, offset=0, content=records.ris(records.made(range(80, 82))))
    worlds.finish_jobs(world)
    return list(world.references())


def screened(world: World, refs: list[Reference]) -> None:
    """By title and abstract: agreed, in conflict, settled, opened again, changed, taken back, doubted, half done."""
    for reference in refs[:6]:
        for who in ("bo", "cy"):
            worlds.vote(world, who, reference, "include")
    for reference in refs[6:8]:
        for who in ("bo", "cy"):
            worlds.vote(world, who, reference, "exclude")
    screening.doubt(world.cy, reference_id=refs[7].pk, phase=TITLE, note="Perhaps the wrong keepers")
    for reference in refs[8:11]:
        worlds.vote(world, "bo", reference, "include")
        worlds.vote(world, "cy", reference, "exclude")
    for reference, verdict in ((refs[9], "include"), (refs[10], "exclude")):
        screening.resolve(world.dee, reference_id=reference.pk, phase=TITLE, verdict=verdict, note="Read twice")
    screening.reopen(world.dee, reference_id=refs[10].pk, phase=TITLE)
    worlds.vote(world, "bo", refs[11], "exclude")
    worlds.vote(world, "bo", refs[11], "include")
    worlds.vote(world, "cy", refs[12], "maybe")
    worlds.vote(world, "bo", refs[13], "exclude")
    screening.take_back_vote(world.bo, reference_id=refs[13].pk, phase=TITLE)


def read(world: World, refs: list[Reference]) -> None:
    """At full text: included, excluded for a reason, in conflict, settled, and a report that could not be had."""
    for who in ("bo", "cy"):
        for reference in refs[:4]:
            worlds.vote(world, who, reference, "include", FULL)
        worlds.vote(world, who, refs[9], "exclude", FULL)
    worlds.vote(world, "bo", refs[4], "include", FULL)
    worlds.vote(world, "cy", refs[4], "exclude", FULL)
    screening.mark_not_retrieved(world.ada, reference_id=refs[5].pk, note="The harbour library is closed")
    screening.mark_retrieved(world.ada, reference_id=refs[5].pk)
    screening.mark_not_retrieved(world.ada, reference_id=refs[5].pk, note="Closed again")


def extracted(world: World, refs: list[Reference]) -> list[Study]:
    """Two studies with a consensus (one of two entries that differ), and one with entries of every state."""
    made = []
    for place, reference in enumerate(refs[:3]):
        study = worlds.study(world, reference, f"Keeper {place + 1} 20{place:02d}")
        values = worlds.value_inputs(study, world.time_point(), *worlds.NUMBERS[place])
        for who in ("bo", "cy"):
            entry = extraction.start_entry(world.seats[who], study_id=study.pk)
            level = "no" if who == "cy" and place == 1 else "yes"
            mean = "11.19" if who == "cy" and place == 1 else values[0].reported
            # Typed wrong first, and then right.
            for first, one in (("9.99", "no" if level == "yes" else "yes"), (mean, level)):
                extraction.save_values(
                    world.seats[who],
                    entry_id=entry.pk,
                    values=[replace(values[0], reported=first), *values[1:]],
                    traits=[extraction.TraitInput(world.characteristic().pk, one, "p. 3")],
                )
            extraction.submit_entry(world.seats[who], entry_id=entry.pk)
        made.append(study)
    consensus(world, made[0], [])
    consensus(world, made[1], [("mean", "b", "")])
    consensus(world, made[2], [])
    last = worlds.study(world, refs[3], "Keeper 4 2003")
    eve = core.seat_person(world.ada, user=world.people["eve"], role=Role.REVIEWER)
    left = extraction.start_entry(eve, study_id=last.pk)
    values = worlds.value_inputs(last, world.time_point(), *worlds.NUMBERS[0])
    extraction.save_values(eve, entry_id=left.pk, values=values[:2], traits=[])
    core.end_membership(world.ada, membership_id=eve.membership_id)
    done = extraction.start_entry(world.bo, study_id=last.pk)
    extraction.save_values(world.bo, entry_id=done.pk, values=values, traits=[])
    extraction.submit_entry(world.bo, entry_id=done.pk)
    half = extraction.start_entry(world.cy, study_id=last.pk)
    extraction.save_values(world.cy, entry_id=half.pk, values=values[:3], traits=[])
    return made


def consensus(world: World, study: Study, choices: list[tuple[str, str, str]]) -> None:
    extraction.make_consensus(
        world.dee,
        study_id=study.pk,
        values=decisions(world, study, choices),
        traits=[extraction.ConsensusTrait(world.characteristic().pk, "a")] if choices else [],
    )


def decisions(world: World, study: Study, choices: list[tuple[str, str, str]]) -> list[extraction.ConsensusValue]:
    arm = Arm.objects.filter(study=study).order_by("rank")[0]
    return [extraction.ConsensusValue(arm.pk, world.time_point().pk, *choice) for choice in choices]


def computed(world: World, studies: list[Study]) -> None:
    """A run that is up to date, one that is not, an older one of each, and a synthesis that was put away."""
    point = world.time_point().pk
    plan = {
        "arm_1": "intervention",
        "time_1_id": point,
        "arm_2": "comparator",
        "time_2_id": point,
        "model": "random",
        "tau2_method": "DL",
        "convention": "revman5",
    }
    stale = synthesis.create_synthesis(world.sol, title="Sleep, as first planned", measure="MD", **plan)
    away = synthesis.create_synthesis(world.sol, title="A first look", measure="SMD", **plan)
    for spec in (stale, away):
        synthesis.ask_run(world.sol, synthesis_id=spec.pk)
    worlds.finish_jobs(world)
    synthesis.archive_synthesis(world.sol, synthesis_id=away.pk)
    extraction.revise_consensus(
        world.dee, study_id=studies[1].pk, values=decisions(world, studies[1], [("mean", "other", "11.55")]), traits=[]
    )
    fresh = synthesis.create_synthesis(
        world.sol, title="Sleep after treatment", measure="SMD", subgroup_by_id=world.characteristic().pk, **plan
    )
    synthesis.ask_run(world.sol, synthesis_id=fresh.pk)
    worlds.finish_jobs(world)


def finished(world: World) -> None:
    reporting.ask_report(world.ada)
    worlds.finish_jobs(world)
    core.invite(world.ada, email="fay@example.org", role=Role.READER)
    core.invite(world.ada, email="gus@example.org", role=Role.REVIEWER)
    core.revoke_invitation(world.ada, invitation_id=Invitation.objects.get(email="gus@example.org").pk)
    core.change_role(world.ada, membership_id=world.rea.membership_id, role=Role.REVIEWER)
    core.change_role(world.ada, membership_id=world.rea.membership_id, role=Role.READER)
    core.new_api_token(world.people["bo"])


def said() -> dict[str, bool]:
    """Whether the page of each synthesis and of each run says that it is out of date."""
    client = Client()
    client.force_login(User.objects.get(email="ada@example.org"), backend="django.contrib.auth.backends.ModelBackend")
    pages = [f"/reviews/{one.review_id}/synthesis/{one.pk}/" for one in Synthesis.objects.order_by("pk")]
    pages += [f"/reviews/{one.synthesis.review_id}/synthesis/runs/{one.pk}/" for one in Run.objects.order_by("pk")]
    found = {}
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        found[page] = "Out of date" in answer.content.decode()
    return found


def dump(file: Path) -> None:
    """Plain SQL with INSERT statements, which any client can run, without owners and settings of one server."""
    url = os.environ.get("MIGRATE_DATABASE_URL") or os.environ["DATABASE_URL"]
    options = ["--no-owner", "--no-privileges", "--no-comments", "--inserts", "--rows-per-insert=200"]
    text = subprocess.run(["pg_dump", *options, url], capture_output=True, text=True, check=True).stdout
    # Before the first table stand settings of one version of the server, after the last a word for psql.
    text = text[text.index("\nCREATE ") :].rpartition("\n\\unrestrict")[0]
    with gzip.GzipFile(file, "wb", compresslevel=9, mtime=0) as stream:
        stream.write(text.encode())


def main(version: str, folder: str) -> None:
    call_command("migrate", verbosity=0)
    call_command("load_example")
    world = people()
    protocol(world)
    refs = library(world)
    screened(world, refs)
    read(world, refs)
    computed(world, extracted(world, refs))
    finished(world)
    assert ReportBuild.objects.filter(finished_at=None).count() == 0
    assert Membership.objects.exclude(ended_at=None).exists()
    Path(folder, f"{version}.json").write_text(json.dumps(said(), indent=1) + "\n")
    Session.objects.all().delete()
    connection.close()
    dump(Path(folder, f"{version}.sql.gz"))


if __name__ == "__main__":
    main(*sys.argv[1:])
