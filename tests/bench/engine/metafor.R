# The bench's jobs in metafor: CPU seconds each, as "key seconds" lines. Arguments: the folder of the csv files.
suppressMessages(library(metafor))
folder <- commandArgs(trailingOnly = TRUE)[1]
table_of <- function(name) read.csv(file.path(folder, name))
effects <- table_of("effects.csv")
means <- table_of("means.csv")
cells <- table_of("cells.csv")
quiet <- function(work) suppressWarnings(try(work(), silent = TRUE))
cpu <- function(work) sum(system.time(quiet(work), gcFirst = FALSE)[c(1, 2)])
report <- function(key, seconds) cat(key, format(seconds, digits = 6, scientific = FALSE), "\n")
# The median of five blocks long enough for a clock of milliseconds.
short <- function(key, work, block) {
  quiet(work)
  report(key, median(replicate(5, cpu(function() for (i in seq_len(block)) quiet(work)))) / block)
}
first <- function(k) effects[seq_len(k), ]
fit <- function(k, ...) { one <- first(k); rma(one$y, one$v, ...) }

short("reml-10", function() fit(10), 30)
short("reml-100", function() fit(100), 20)
report("reml-1000", cpu(function() fit(1000)))
short("complete", function() {
  es <- escalc("SMD", m1i = mean1, sd1i = sd1, n1i = n1, m2i = mean2, sd2i = sd2, n2i = n2, data = means)
  res <- rma(yi, vi, data = es); confint(res); predict(res)
}, 15)
short("kernels", function() { res <- fit(10); confint(res); predict(res) }, 15)
sets <- split(seq_len(2000), rep(seq_len(200), each = 10))
report("batch", 500 * cpu(function() for (set in sets) quiet(function() rma(effects$y[set], effects$v[set]))))
hundred <- fit(100)
loo <- cpu(function() leave1out(hundred))
report("loo-100", loo)
report("loo-1000", 1000 * cpu(function() fit(999)))
regression <- rma(y, v, mods = ~ x, data = first(13))
report("permutation", 100 * cpu(function() permutest(regression, iter = 100, progbar = FALSE)))
twenty <- fit(20)
report("gosh", 500 * cpu(function() gosh(twenty, subsets = 200, progbar = FALSE)))
report("multiverse", cpu(function() {
  for (measure in c("OR", "RR", "RD")) for (method in c("EE", "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM"))
    for (test in c("z", "knha", "adhoc")) {
      es <- escalc(measure, ai = a, n1i = n1, ci = c, n2i = n2, data = cells)
      quiet(function() rma(yi, vi, data = es, method = method, test = test))
    }
}) / 81)
report("page", cpu(function() {
  confint(hundred); predict(hundred)
  for (method in c("DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM", "PMM")) quiet(function() fit(100, method = method))
  cumul(hundred); influence(hundred); regtest(hundred, model = "lm"); regtest(hundred); ranktest(hundred)
  trimfill(hundred); baujat(hundred, progbar = FALSE, xlab = "", ylab = "")
  for (type in c("Rosenthal", "Orwin", "Rosenberg")) quiet(function() fsn(y, v, data = first(100), type = type))
}) + loo)
