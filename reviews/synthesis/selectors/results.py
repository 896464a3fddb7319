"""What a finished run says, and whether the data still say it."""

from collections.abc import Collection

from analysis import errors, options, results
from analysis.figures import forest
from reviews.core.refusals import BadInput, NotFound, Refusal
from reviews.core.seats import Seat
from reviews.synthesis import engine, rules
from reviews.synthesis.models import Run
from reviews.synthesis.selectors import inputs


def is_outdated(seat: Seat, run: Run) -> bool:
    """Whether anything a run was computed from has changed since, down to the place of a single value."""
    return bool(changes(seat, run))


def changes(seat: Seat, run: Run) -> list[str]:
    """What has changed since a run, a sentence each; empty when the run is up to date."""
    return changes_to(run, inputs.current_inputs(seat, run.synthesis))


def changes_to(run: Run, now: rules.Inputs) -> list[str]:
    """What of a run differs from inputs as they are now."""
    if engine.digest(now, engine.choices(run.synthesis)) == run.inputs_digest:
        return []
    found = rules.differences(rules.inputs(run.inputs), now)
    return found or ["This version of the engine fills in the choices in another way."]


def analysis(run: Run) -> results.Analysis:
    """The stored result of a finished run; the engine checks it against its own digest."""
    if run.results is None:
        raise NotFound("This run has no result yet. Wait until it is computed.")
    return results.Analysis.from_dict(run.results)


def figure(run: Run) -> forest.Forest:
    """The forest plot of a finished run, with the words frozen with it."""
    return engine.figure(analysis(run), rules.inputs(run.inputs).texts)


def studies(run: Run) -> tuple[rules.Row, ...]:
    """The studies a run froze, in their order."""
    return rules.inputs(run.inputs).rows


def retracted(run: Run, marked: Collection[int]) -> list[str]:
    """The labels of those of a run's studies that are ``marked`` (``extraction.retracted_studies``)."""
    return [row.label for row in studies(run) if row.study_id in marked]


def what_if(run: Run, without: Collection[int]) -> tuple[results.Analysis, forest.Forest]:
    """The frozen rows of a run pooled again without some studies. Nothing is stored.

    Raises NotFound while the run has no result, BadInput when no study is left, Refusal when what is left cannot
    be pooled.
    """
    analysis(run)
    frozen = rules.inputs(run.inputs)
    left_out = [row.label for row in frozen.rows if row.study_id in without]
    if len(left_out) == len(frozen.rows):
        sentence = "Leave at least one study in: there is nothing to pool without any."
        raise BadInput(sentence, {"without": sentence})
    try:
        pooled = engine.analyse(frozen, options.Options.from_dict(run.options), without)
    except errors.InputError as error:
        raise Refusal(str(error)) from error
    title = f"What if, without {', '.join(left_out)}: {frozen.texts.title}" if left_out else frozen.texts.title
    return pooled, engine.figure(pooled, frozen.texts, title)
