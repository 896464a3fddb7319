"""An R script that reproduces an analysis with the package metafor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analysis import data, options, version, wording

_COLUMNS = ("n1", "mean1", "sd1", "n2", "mean2", "sd2")


def script(studies: Iterable[data.ContinuousStudy], choices: options.Options) -> str:
    """The script as text: data inside, the choices named in comments, results printed with all digits.

    Raises InputError as `data.ContinuousData` does.
    """
    given = data.ContinuousData.of(studies)
    parts = [
        _heading(choices),
        _data(given),
        _effects(choices),
        _model(choices),
        *([_subgroups(choices)] if given.subgroups else []),
    ]
    return "\n\n".join(parts) + "\n"


def _heading(choices: options.Options) -> str:
    lines = [
        f"Reproduces an analysis made with the Tandem engine {version.ENGINE_VERSION}.",
        'Needs R and the package metafor: install.packages("metafor")',
        *wording.methods(choices),
    ]
    return "\n".join(["library(metafor)", *(f"# {line}" for line in lines)])


def _data(given: data.ContinuousData) -> str:
    columns = [f"  study = c({', '.join(_quoted(study.label) for study in given.studies)})"]
    for name in _COLUMNS:
        values = ", ".join(repr(getattr(study, name)) for study in given.studies)
        columns.append(f"  {name} = c({values})")
    if given.subgroups:
        columns.append(f"  subgroup = c({', '.join(_quoted(study.subgroup or '') for study in given.studies)})")
    return "dat <- data.frame(\n" + ",\n".join(columns) + ",\n  stringsAsFactors = FALSE\n)"


def _quoted(text: str) -> str:
    """An R string: everything outside printable ASCII is escaped, so the file means the same in every locale."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    code = ord(character)
    if 32 <= code < 127:
        return character
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _effects(choices: options.Options) -> str:
    if choices.measure == "SMD" and choices.convention == "revman5":
        return "\n".join(
            [
                "# RevMan 5: Hedges' g with its own correction and variance, which escalc() does not offer.",
                "dat <- within(dat, {",
                "  N  <- n1 + n2",
                "  sp <- sqrt(((n1 - 1) * sd1^2 + (n2 - 1) * sd2^2) / (N - 2))",
                "  yi <- (mean1 - mean2) / sp * (1 - 3 / (4 * N - 9))",
                "  vi <- N / (n1 * n2) + yi^2 / (2 * (N - 3.94))",
                "})",
            ]
        )
    vtype = ', vtype = "LS"' if choices.measure == "SMD" else ""
    return (
        f'dat <- escalc(measure = "{choices.measure}"{vtype}, m1i = mean1, sd1i = sd1, n1i = n1,\n'
        "              m2i = mean2, sd2i = sd2, n2i = n2, data = dat)"
    )


def _model(choices: options.Options) -> str:
    lines = [*_fit("res", "dat", choices), "print(res, digits = 6)", *_i2("res", choices)]
    lines += ["print(data.frame(study = dat$study, effect = dat$yi, weight = weights(res)), digits = 6)"]
    if choices.prediction == "z":
        lines += ["print(predict(res), digits = 6)"]
    elif choices.prediction != "none":
        spare = choices.prediction.removeprefix("t_k-")
        lines += [
            f"# Prediction interval with Student's t on k - {spare} degrees of freedom.",
            f"reach <- qt({(1 + choices.level) / 2!r}, res$k - {spare}) * sqrt(res$tau2 + res$se^2)",
            "print(c(lower = res$beta[1] - reach, upper = res$beta[1] + reach), digits = 6)",
        ]
    return "\n".join(lines)


def _fit(name: str, frame: str, choices: options.Options) -> Iterator[str]:
    method = "EE" if choices.model == "common" else choices.tau2_method
    level = f"{100 * choices.level:.10g}"
    control = ""
    if method == "REML":
        yield "# metafor stops its search early by default; a smaller threshold gives every digit shown."
        control = ",\n           control = list(threshold = 1e-10, maxiter = 1000)"
    yield f'{name} <- rma(yi, vi, data = {frame}, method = "{method}", test = "z", level = {level}{control})'


def _i2(name: str, choices: options.Options) -> list[str]:
    if choices.i2_definition == "tau2" or choices.model == "common":
        return []
    return [
        "# I2 from Q, as RevMan 5 prints it; metafor's own I2 is derived from tau2.",
        f'cat("I2 (Q):", max(0, 100 * ({name}$QE - ({name}$k - 1)) / {name}$QE), "\\n")',
    ]


def _subgroups(choices: options.Options) -> str:
    return "\n".join(
        [
            "# Every subgroup has its own tau2; the test compares the subgroups' estimates.",
            "parts <- lapply(split(dat, factor(dat$subgroup, unique(dat$subgroup))), function(part) {",
            *(f"  {line}" for line in _fit("res", "part", choices)),
            "  res",
            "})",
            'for (name in names(parts)) { cat("\\n", name, "\\n"); print(parts[[name]], digits = 6) }',
            "if (length(parts) > 1) {",
            "  estimates <- sapply(parts, function(res) res$beta[1])",
            "  errors <- sapply(parts, function(res) res$se)",
            '  print(rma(estimates, sei = errors, method = "EE"), digits = 6)  # its Q is the test between subgroups',
            "}",
        ]
    )
