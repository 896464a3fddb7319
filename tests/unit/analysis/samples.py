"""Data for the engine's tests."""

import random

from analysis import data, options, synthesis
from analysis.figures import forest

TEXTS = forest.ForestTexts(
    title="Sleep after treatment",
    group1="iCBT",
    group2="Control",
    favours_left="Favours iCBT",
    favours_right="Favours control",
    notice="Synthetic data: not from any real trial.",
)
LONG_LABELS = (
    "Garcia-Fernandez, van den Heuvel and the Internet Pain Collaboration 2021 (intention to treat)",
    "Internationaler-Schlafstörungsverhaltenstherapiestudienverbund 2020",
    "Østergård & O'Neill <2019>",
)
CHINESE_LABELS = ("王小明等 2022 针对慢性疼痛患者的互联网认知行为疗法随机对照试验", "李华 2023")


def study(key="s1", label="Ada 2020", subgroup=None, **changes):
    """One ordinary study; `changes` replace its numbers."""
    values = {"n1": 40, "mean1": 9.5, "sd1": 5.0, "n2": 38, "mean2": 13.25, "sd2": 4.8} | changes
    return data.ContinuousStudy(key=key, label=label, subgroup=subgroup, **values)


def studies(k, seed=1, subgroups=(), labels=()):
    """`k` studies drawn with a seed; subgroups and labels are dealt out in turn."""
    draw = random.Random(seed)
    return [
        data.ContinuousStudy(
            key=f"key-{index}",
            label=labels[index % len(labels)] if labels else f"Study {index:02d}",
            n1=draw.randint(8, 300),
            mean1=round(draw.gauss(10, 2), 2),
            sd1=round(draw.uniform(3, 6), 2),
            n2=draw.randint(8, 300),
            mean2=round(draw.gauss(12, 2), 2),
            sd2=round(draw.uniform(3, 6), 2),
            subgroup=subgroups[index % len(subgroups)] if subgroups else None,
        )
        for index in range(k)
    ]


def figure(k=9, texts=TEXTS, seed=1, subgroups=(), labels=(), **choices):
    """The forest plot of drawn studies."""
    chosen = options.Options(**choices)
    given = data.ContinuousData.of(studies(k, seed, subgroups, labels))
    return forest.build(synthesis.analyse(given, chosen), texts)


def texts_of(figure):
    """Every piece of text a rendering has to show."""
    found = [figure.title, figure.notice, figure.favours_left, figure.favours_right, *figure.footer]
    found += [tick.text for tick in figure.axis.ticks]
    for column in figure.columns:
        found += [column.title, column.arm_name]
    for row in figure.rows:
        found += [row.label, *(text for _, text in row.cells)]
    return [text for text in found if text]
