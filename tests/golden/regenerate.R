# Compute the copied figures again with R: Rscript tests/golden/regenerate.R [copied.json.gz] [out.json]
# Needs R with jsonlite and metafor; with the package meta installed its cases are computed too.
# Prints for each module how many cases were computed and the largest relative difference, and writes what R found.
# Numbers of other versions of the packages may differ in what a version changed; the rest agrees to the search
# tolerance that is set below.
library(jsonlite)
library(metafor)
arguments <- commandArgs(trailingOnly = TRUE)
source_file <- if (length(arguments) > 0) arguments[1] else "tests/golden/copied.json.gz"
target_file <- if (length(arguments) > 1) arguments[2] else ""
cases <- fromJSON(gzfile(source_file), simplifyVector = TRUE, simplifyDataFrame = FALSE, simplifyMatrix = FALSE)$cases
has_meta <- requireNamespace("meta", quietly = TRUE)

tight <- list(threshold = 1e-14, maxiter = 10000, tau2.max = 1e4, tol = 1e-14)
numbers <- function(values) {
  values <- unlist(lapply(values, function(value) if (is.null(value)) NA else value))
  if (is.character(values)) as.numeric(values) else values
}
given <- function(case, names) lapply(case$inputs[intersect(names, names(case$inputs))], numbers)
fit <- function(case, ...) {
  with_weights <- if (!is.null(case$inputs$weights)) list(weights = numbers(case$inputs$weights)) else list()
  test <- if (is.null(case$options$test)) "z" else case$options$test
  method <- if (is.null(case$options$method)) "REML" else case$options$method
  do.call(rma.uni, c(list(yi = numbers(case$inputs$yi), vi = numbers(case$inputs$vi), method = method, test = test,
                          control = tight, ...), with_weights))
}
pooled <- function(model) {
  list(beta = c(model$beta), se = model$se, zval = model$zval, pval = model$pval, ci_lb = model$ci.lb,
       ci_ub = model$ci.ub, tau2 = model$tau2, QE = model$QE, QEp = model$QEp, I2 = model$I2, H2 = model$H2)
}
columns <- function(table, names) {
  found <- as.list(as.data.frame(table))
  names(found) <- gsub(".", "_", names(found), fixed = TRUE)
  found[intersect(names(found), names)]
}

compute <- list(
  escalc = function(case) {
    options <- case$options
    data <- given(case, names(case$inputs))
    found <- do.call(escalc, c(data, options))
    list(yi = c(found$yi), vi = c(found$vi))
  },
  pool = function(case) pooled(fit(case)),
  metareg = function(case) {
    data <- as.data.frame(lapply(case$inputs, function(x) if (is.character(unlist(x))) unlist(x) else numbers(x)))
    if (!is.null(case$options$formula)) return(NULL)
    form <- as.formula(paste("~", paste(unlist(case$options$mods), collapse = " + ")))
    test <- case$options$test
    pooled(rma.uni(data$yi, data$vi, mods = form, data = data, method = case$options$method, test = test,
                   control = tight))
  },
  mh = function(case) {
    data <- given(case, names(case$inputs))
    extra <- case$options[setdiff(names(case$options), c("measure", "add", "to"))]
    model <- do.call(rma.mh, c(data, list(measure = case$options$measure), extra))
    list(beta = c(model$beta), se = model$se, zval = model$zval, pval = model$pval, ci_lb = model$ci.lb,
         ci_ub = model$ci.ub, QE = model$QE, QEp = model$QEp)
  },
  peto = function(case) {
    model <- do.call(rma.peto, given(case, names(case$inputs)))
    list(beta = c(model$beta), se = model$se, pval = model$pval, ci_lb = model$ci.lb, ci_ub = model$ci.ub,
         QE = model$QE, QEp = model$QEp)
  },
  loo = function(case) columns(leave1out(fit(case)), c("estimate", "se", "zval", "pval", "ci_lb", "ci_ub", "Q", "I2")),
  cumul = function(case) {
    place <- numbers(case$options$order)
    steps <- lapply(seq_along(place), function(last) {
      part <- case
      part$inputs$yi <- case$inputs$yi[place[seq_len(last)]]
      part$inputs$vi <- case$inputs$vi[place[seq_len(last)]]
      unlist(pooled(fit(part))[c("beta", "se", "ci_lb", "ci_ub", "pval", "tau2")])
    })
    found <- as.list(as.data.frame(do.call(rbind, steps)))
    names(found)[1] <- "estimate"
    found
  },
  influence = function(case) {
    found <- influence(fit(case))
    table <- as.list(found$inf)
    list(rstudent = table$rstudent, dffits = table$dffits, cook_d = table$cook.d, cov_r = table$cov.r,
         tau2_del = table$tau2.del, QE_del = table$QE.del, hat = table$hat, weight = table$weight)
  },
  baujat = function(case) {
    pdf(NULL)
    on.exit(dev.off())
    found <- baujat(fit(case))
    list(x = found$x, y = found$y)
  },
  regtest = function(case) {
    found <- regtest(fit(case), model = case$options$model, predictor = case$options$predictor)
    list(zval = found$zval, pval = found$pval)
  },
  ranktest = function(case) {
    found <- ranktest(fit(case), exact = is.null(case$options$exact) || case$options$exact)
    list(tau = c(found$tau), pval = found$pval)
  },
  trimfill = function(case) {
    if (!grepl("metafor", case$fun)) return(NULL)
    side <- if (case$options$side == "auto") NULL else case$options$side
    found <- trimfill(fit(case), side = side, estimator = case$options$estimator)
    c(pooled(found), list(k0 = found$k0))
  },
  fsn = function(case) {
    if (case$options$type == "General") return(NULL)
    found <- fsn(numbers(case$inputs$yi), numbers(case$inputs$vi), type = case$options$type)
    list(fsnum = found$fsnum)
  },
  metagen = function(case) {
    if (!has_meta || is.null(case$inputs$TE)) return(NULL)
    found <- do.call(meta::metagen, c(list(TE = numbers(case$inputs$TE), seTE = numbers(case$inputs$seTE)),
                                      case$options))
    list(TE_random = found$TE.random, seTE_random = found$seTE.random, lower_random = found$lower.random,
         upper_random = found$upper.random, tau2 = found$tau2)
  }
)

largest <- function(found, expected) {
  apart <- 0
  for (name in intersect(names(found), names(expected))) {
    ours <- suppressWarnings(as.numeric(found[[name]]))
    theirs <- suppressWarnings(as.numeric(numbers(expected[[name]])))
    if (length(ours) != length(theirs)) next
    scale <- pmax(abs(theirs), 1e-8)
    apart <- max(apart, abs(ours - theirs) / scale, na.rm = TRUE)
  }
  apart
}

written <- list()
summary <- list()
for (case in cases) {
  if (is.null(compute[[case$module]])) next
  found <- tryCatch(suppressWarnings(compute[[case$module]](case)), error = function(problem) NULL)
  line <- summary[[case$module]]
  if (is.null(line)) line <- c(computed = 0, left = 0, largest = 0)
  if (is.null(found)) {
    line["left"] <- line["left"] + 1
  } else {
    line["computed"] <- line["computed"] + 1
    line["largest"] <- max(line["largest"], largest(found, case$outputs))
    written[[length(written) + 1]] <- list(id = case$id, outputs = found)
  }
  summary[[case$module]] <- line
}
print(signif(do.call(rbind, summary), 3))
if (nzchar(target_file)) write_json(written, target_file, digits = NA, auto_unbox = TRUE, na = "null")
cat(R.version.string, "; metafor ", as.character(packageVersion("metafor")), "\n", sep = "")
