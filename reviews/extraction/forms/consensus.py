"""The form of a consensus: a choice for each difference, and for every cell when a consensus is revised."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from reviews.core.double import Choice
from reviews.core.history import Clash
from reviews.extraction import rules
from reviews.extraction.comparing import Block, Comparison, TraitRow, ValueRow
from reviews.extraction.forms.plain import PlainForm, text_field, was_name
from reviews.extraction.selectors import Proposal
from reviews.protocols.rules import Way


@dataclass(frozen=True)
class Decision:
    """A row of the consensus page with its bound fields; ``choice`` is what is chosen now.

    ``was`` is the row of the consensus that a decision replaces.
    """

    row: ValueRow | TraitRow
    is_open: bool
    choice: str
    other: forms.BoundField | None
    place: forms.BoundField | None
    errors: list[str]

    @property
    def was_name(self) -> str:
        return was_name(self.row.name)

    @property
    def was(self) -> int | str:
        return self.row.consensus.pk if self.row.consensus else ""


class ConsensusForm(PlainForm):
    """A choice for each difference; when a consensus is revised, for every cell that anybody filled."""

    def __init__(
        self, comparison: Comparison, way: str, proposal: Proposal | None = None, data: QueryDict | None = None
    ) -> None:
        super().__init__(data)
        self.comparison = comparison
        self.is_revision = comparison.consensus is not None
        self.unseen = {outcome.pk for outcome in comparison.empty_outcomes}
        self.is_proposal = way == Way.DISCUSSION
        self.answers = proposal.row.pk if proposal and self.is_proposal else ""
        needs_reason = self.is_revision or way == Way.LEAD_ALONE
        self.fields["reason"] = forms.CharField(
            label="Reason" if needs_reason else "Note to the other extractor" if self.is_proposal else "Note",
            max_length=rules.REASON_MAX,
            required=False,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text=_why(self.is_revision, way),
        )
        for block in comparison.blocks:
            if self.may_take_all(block):
                choices = [("", "decide one by one"), ("a", "take A for all"), ("b", "take B for all")]
                self.fields[_all_name(block)] = forms.ChoiceField(
                    label="All differences of this table", choices=choices, required=False
                )
        for row in comparison.rows:
            if self.is_open(row):
                self._add(
                    row, text_field(f"{row.sentence_label}: other value", rules.REPORTED_MAX, inputmode="decimal")
                )
        for trait in comparison.traits:
            if self.is_open(trait):
                levels = [("", ""), ("NR", "not reported"), *((one, one) for one in trait.characteristic.levels)]
                select = forms.Select(attrs={"aria-label": f"{trait.label}: other level"})
                self._add(trait, forms.ChoiceField(choices=levels, required=False, widget=select))
        if proposal and self.is_proposal:
            self._begin_with(proposal)

    def _begin_with(self, proposal: Proposal) -> None:
        """A counter-proposal starts from what was proposed."""
        values, traits = rules.decisions(proposal.row.content)
        for value in values:
            self.initial.update(_chosen(value.name, value.choice, value.reported, value.place))
        for trait in traits:
            level = "NR" if rules.is_not_reported(trait.level) else trait.level
            self.initial.update(_chosen(trait.name, trait.choice, level, trait.place))

    def clash(self, clashes: Mapping[str, Clash]) -> None:
        """Say beside each stale decision what stands now; the fields keep what was chosen."""
        for name, clash in clashes.items():
            stands, chosen = clash.current or "not reported", clash.typed or "not reported"
            sentence = f"Meanwhile this was decided: {stands}. You chose {chosen}. Keep it, or choose again and save."
            self.add_error(name if name in self.fields else None, sentence)

    @property
    def reason_field(self) -> forms.BoundField:
        return self["reason"]

    def may_take_all(self, block: Block) -> bool:
        """One choice for a whole table spares clicks where only one of the two found it in the report."""
        return not self.is_revision and block.differences > len(rules.Field)

    def is_open(self, row: ValueRow | TraitRow) -> bool:
        return row.is_different or (self.is_revision and not row.is_empty) or self._is_unseen(row)

    def _is_unseen(self, row: ValueRow | TraitRow) -> bool:
        """Of an outcome for which neither has a number: both may have overlooked the same table."""
        return isinstance(row, ValueRow) and row.time_point.outcome_id in self.unseen

    def _add(self, row: ValueRow | TraitRow, other: forms.Field) -> None:
        other.widget.attrs["data-picks"] = Choice.OTHER.value
        self.fields[row.name] = forms.ChoiceField(choices=[("", ""), *Choice.choices], required=False)
        self.fields[f"{row.name}-other"] = other
        self.fields[f"{row.name}-place"] = text_field(f"{row.label}: place of the other value", rules.PLACE_MAX)
        self.fields[f"{row.name}-place"].widget.attrs["placeholder"] = "place"

    def _decision(self, row: ValueRow | TraitRow) -> Decision | None:
        if row.is_empty and not self._is_unseen(row):
            return None
        if not self.is_open(row):
            return Decision(row, False, "", None, None, [])
        bound = self[row.name]
        return Decision(
            row,
            True,
            str(bound.value() or ""),
            self[f"{row.name}-other"],
            self[f"{row.name}-place"],
            [str(error) for error in bound.errors],
        )

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """For the template: each table with its rows, and the choice for all of them where there is one."""
        return [
            {
                "block": block,
                "decisions": self._decisions(block.rows),
                "all": self[_all_name(block)] if self.may_take_all(block) else None,
            }
            for block in self.comparison.blocks
            if not block.is_empty or block.time_point.outcome_id in self.unseen
        ]

    @property
    def traits(self) -> list[Decision]:
        return self._decisions(self.comparison.traits)

    def _decisions(self, rows: Iterable[ValueRow | TraitRow]) -> list[Decision]:
        return [decision for row in rows if (decision := self._decision(row))]

    def values(self) -> list[rules.ConsensusValue]:
        return [
            rules.ConsensusValue(
                row.arm.pk,
                row.time_point.pk,
                row.field,
                choice,
                self.text(f"{row.name}-other"),
                self.text(f"{row.name}-place"),
                self.was(row.name),
            )
            for block in self.comparison.blocks
            for row in block.rows
            if row.name in self.fields and (choice := self.text(row.name) or self.text(_all_name(block)))
        ]

    def levels(self) -> list[rules.ConsensusTrait]:
        return [
            rules.ConsensusTrait(
                row.characteristic.pk,
                self.text(row.name),
                self.text(f"{row.name}-other"),
                self.text(f"{row.name}-place"),
                self.was(row.name),
            )
            for row in self.comparison.traits
            if row.name in self.fields and self.text(row.name)
        ]


def _all_name(block: Block) -> str:
    return f"all-{block.time_point.pk}"


def _chosen(name: str, choice: str, text: str, place: str) -> dict[str, str]:
    return {name: choice, f"{name}-other": text, f"{name}-place": place}


def _why(is_revision: bool, way: str) -> str:
    if way == Way.LEAD_ALONE:
        return "Nobody else can settle this today. The report says so, with your reason."
    return "The history keeps it with what is changed." if is_revision else ""
