#!/usr/bin/env Rscript
# Recompute the numbers of a report with R, and compare them with results.csv.
#
#     Rscript verification/recompute.R .            in the folder of the report
#     Rscript recompute.R REPORT OUT                with the result written to the folder OUT
#
# It reads results.csv, datasets/, raw/, findings.csv, set_aside.csv, audit.csv and verification/settings.csv
# (the decisions of the plan and the facts of the study), and nothing else. It needs R 4 with its recommended package
# survival, and no network. It writes verification_r.csv, prints what agrees by family, and ends
# with status 0 if every number agrees or its difference is explained, 1 if one differs, 2 if it cannot run.
#
# Each section recomputes one part of the report from the analysis datasets, by the documented definitions
# (data dictionary, plan, methods) and R's own procedures. `keep(block, n = 3, pct = 12.5)` records what R finds
# under the id that the number has in results.csv; `accuracy` says how far two engines may lie apart, and why.

ENGINE <- "R"
VERSION <- paste(R.version$major, R.version$minor, sep = ".")
options(stringsAsFactors = FALSE, warn = 1, digits = 17, OutDec = ".", scipen = 0)

cannot <- function(...) {
  message(...)
  quit(save = "no", status = 2)
}

if (!requireNamespace("survival", quietly = TRUE)) {
  cannot("The R package survival is missing. It is one of R's recommended packages: install.packages(\"survival\") ",
    "installs it (Debian: apt-get install r-cran-survival).")
}
suppressPackageStartupMessages(library(survival))

given <- commandArgs(trailingOnly = TRUE)
REPORT <- if (length(given) >= 1) given[1] else "."
OUT <- if (length(given) >= 2) given[2] else file.path(REPORT, "verification")

# ---------------------------------------------------------------------------------------------------------------
# Files of the report
# ---------------------------------------------------------------------------------------------------------------

read_table <- function(name, required = TRUE) {
  path <- file.path(REPORT, name)
  if (!file.exists(path)) {
    if (!required) return(NULL)
    cannot("There is no ", name, " in ", normalizePath(REPORT, mustWork = FALSE), ". ",
      if (grepl("^datasets/", name)) "A report of aggregates only has no datasets, so that no number of it can be recomputed."
      else "Name the folder of a report that duonen report wrote.")
  }
  # A blank cell is missing; everything is text until a section says that it is a number.
  utils::read.csv(path, colClasses = "character", na.strings = "", check.names = FALSE, encoding = "UTF-8",
    quote = "\"", comment.char = "", fill = FALSE)
}

number <- function(x) suppressWarnings(as.numeric(x))
day <- function(x) as.Date(x)
yes <- function(x) !is.na(x) & x == "Y"
is <- function(x, value) !is.na(x) & x == value

results <- read_table("results.csv")
settings <- read_table("verification/settings.csv")
setting <- function(about, code, field) {
  here <- is(settings$about, about) & is(settings$field, field) &
    (if (nzchar(code)) is(settings$code, code) else is.na(settings$code))
  found <- settings$value[here]
  found[!is.na(found)]
}
codes_of <- function(about) unique(settings$code[is(settings$about, about) & !is.na(settings$code)])
plan <- function(field) setting("plan", "", field)
plan_number <- function(field) number(plan(field))
labels_of <- function(column) settings$field[is(settings$about, "code") & is(settings$code, column)]

ADSL <- read_table("datasets/adsl.csv")
ADEX <- read_table("datasets/adex.csv")
ADDOS <- read_table("datasets/addos.csv")
ADLB <- read_table("datasets/adlb.csv")
ADAE <- read_table("datasets/adae.csv")
ADRS <- read_table("datasets/adrs.csv")
ADTTE <- read_table("datasets/adtte.csv")

ARMS <- codes_of("arm")
GROUPS <- c("all", ARMS)
CONTROL <- plan("control_arm")
EXPERIMENTAL <- setdiff(ARMS, CONTROL)
MODIFIED <- ARMS[vapply(ARMS, function(arm) length(setting("arm", arm, "modified_isotope")) > 0, NA)]
ANALYTES <- codes_of("analyte")
# Counts of which a low value is of the marrow, and lymphocytes, which are expected to fall.
MARROW <- ANALYTES[vapply(ANALYTES, function(code) is(setting("analyte", code, "marrow")[1], "1"), NA)]
LYMPHOCYTES <- ANALYTES[vapply(ANALYTES, function(code) is(setting("analyte", code, "lymphocytes")[1], "1"), NA)]
ORGANS <- codes_of("organ")
BASELINE <- plan("baseline_visit")
VISITS <- plan("follow_up_visits")
CONFIDENCE <- plan_number("confidence")
DECIMALS <- plan_number("difference_decimals")
MONTH <- plan_number("days_per_month")
MIN_GROUP <- plan_number("min_group")
QUANTILE <- plan_number("quantile_type")
FINAL <- setting("report", "", "kind") == "final" || is(setting("report", "", "session")[1], "closed")
CONVENTION <- plan("convention")

# Harm and exposure are shown by the arm of the treatment given, or by the arm randomised to, as the plan says.
ADSL$SAFARM <- if (plan("safety_arm") == "treated") ifelse(is.na(ADSL$TRT01A), ADSL$TRT01P, ADSL$TRT01A) else ADSL$TRT01P
of_patient <- function(data, column) ADSL[[column]][match(data$USUBJID, ADSL$USUBJID)]
for (name in c("ADEX", "ADDOS", "ADLB", "ADAE", "ADRS", "ADTTE")) {
  data <- get(name)
  data$ARM <- of_patient(data, "SAFARM")
  if (name != "ADAE") data$AVAL <- number(data$AVAL)
  data$SAFE <- yes(of_patient(data, "SAFFL"))
  assign(name, data)
}
for (column in c("BASE", "CHG", "PCHG", "ATOXGRMN", "ATOXGRMX", "ATOXGR", "BTOXGR", "ATOXHMN", "ATOXHMX")) if (column %in% names(ADLB)) ADLB[[column]] <- number(ADLB[[column]])
for (column in c("CHG", "PCHG", "UPCHG", "DNCHG")) ADEX[[column]] <- number(ADEX[[column]])
RANDOMISED <- ADSL[yes(ADSL$RANDFL), ]
SAFETY <- ADSL[yes(ADSL$SAFFL), ]
RANDOMISED$ARM <- RANDOMISED$TRT01P
SAFETY$ARM <- SAFETY$SAFARM
within <- function(data, group) if (group == "all") data else data[is(data$ARM, group), ]
# A number of the plan as a part of an id.
by_month <- function(month) format(month, digits = 15, scientific = FALSE)
by_id <- function(code) utils::URLencode(code, reserved = TRUE)

# ---------------------------------------------------------------------------------------------------------------
# What R finds
# ---------------------------------------------------------------------------------------------------------------

found <- new.env(hash = TRUE, parent = emptyenv())
in_report <- list2env(setNames(as.list(seq_len(nrow(results))), results$analysis_id), hash = TRUE, parent = emptyenv())
exists_row <- function(id) exists(id, envir = in_report, inherits = FALSE)

# Record statistics of a block: keep("table1.age.A", mean = 61.2, sd = 9.8). NA says that there is no such number.
keep <- function(block, ...) {
  values <- list(...)
  for (name in names(values)) keep_row(paste(block, name, sep = "."), values[[name]])
}
keep_row <- function(id, value) assign(id, as.numeric(value), envir = found)
keep_all <- function(block, values) for (name in names(values)) keep_row(paste(block, name, sep = "."), values[[name]])

# Values are ranked and compared at the plan's precision. Halves go to the even digit of x * 10^digits: round(x, digits)
# of R 4 asks instead which decimal number the double is nearer to.
at_precision <- function(x) round(x * 10^DECIMALS) / 10^DECIMALS

percent <- function(x, n) if (n > 0) 100 * x / n else NA_real_

# Limits of a proportion: Clopper and Pearson (binom.test), or Wilson (prop.test without correction).
limits_of <- function(x, n) {
  if (n == 0) return(c(NA, NA))
  if (plan("proportion_limits") == "wilson") {
    return(100 * suppressWarnings(prop.test(x, n, conf.level = CONFIDENCE, correct = FALSE)$conf.int))
  }
  100 * binom.test(x, n, conf.level = CONFIDENCE)$conf.int
}
counted <- function(block, x, n) keep(block, n = x, pct = percent(x, n))
rated <- function(block, x, n) {
  limits <- limits_of(x, n)
  keep(block, n = x, pct = percent(x, n), ci_low = limits[1], ci_high = limits[2])
}

# Difference of two percentages with Newcombe's limits (method 10), from Wilson's limits of each.
newcombe <- function(x, n, y, m) {
  if (n == 0 || m == 0) return(c(NA, NA, NA))
  one <- suppressWarnings(prop.test(x, n, conf.level = CONFIDENCE, correct = FALSE)$conf.int)
  two <- suppressWarnings(prop.test(y, m, conf.level = CONFIDENCE, correct = FALSE)$conf.int)
  p <- x / n
  q <- y / m
  100 * c(p - q, p - q - sqrt((p - one[1])^2 + (two[2] - q)^2), p - q + sqrt((one[2] - p)^2 + (q - two[1])^2))
}

quartile <- function(x, p) if (length(x)) quantile(x, p, type = QUANTILE, names = FALSE) else NA_real_
described <- function(block, x, missing) {
  none <- length(x) == 0
  keep(block,
    n = length(x), n_missing = missing,
    mean = if (none) NA else mean(x), sd = if (length(x) > 1) sd(x) else NA,
    median = quartile(x, 0.5), q1 = quartile(x, 0.25), q3 = quartile(x, 0.75),
    min = if (none) NA else min(x), max = if (none) NA else max(x)
  )
}

# Ends of whiskers: the furthest values within 1.5 box lengths of the box of the plan's quartiles, distances compared at
# the plan's precision. Where no value lies between an end of the box and its fence there is no whisker.
whiskers <- function(block, x) {
  ends <- c(NA, NA)
  if (length(x)) {
    q1 <- quartile(x, 0.25)
    q3 <- quartile(x, 0.75)
    fence <- at_precision(1.5 * (q3 - q1))
    within_reach <- function(away) at_precision(away) >= 0 & at_precision(away) <= fence
    low <- x[within_reach(q1 - x)]
    high <- x[within_reach(x - q3)]
    ends <- c(if (length(low)) min(low) else NA, if (length(high)) max(high) else NA)
  }
  keep(block, whisker_low = ends[1], whisker_high = ends[2])
}

# ---------------------------------------------------------------------------------------------------------------
# Disposition
# ---------------------------------------------------------------------------------------------------------------

counted("disposition.planned", nrow(RANDOMISED), number(setting("study", "", "planned_subjects")))
for (group in GROUPS) {
  here <- within(RANDOMISED, group)
  safe <- within(SAFETY, group)
  n <- nrow(here)
  counted(paste0("disposition.randomised.", group), n, n)
  counted(paste0("disposition.safety.", group), sum(yes(here$SAFFL)), n)
  counted(paste0("disposition.dosimetry.", group), sum(yes(here$DOSFL)), n)
  rated(paste0("disposition.completed.", group), sum(yes(here$COMPLFL)), n)
  counted(paste0("disposition.died.", group), sum(!is.na(here$DTHDT)), n)
  counted(paste0("disposition.vital_unknown.", group), sum(is.na(here$LSTALVDT) & is.na(here$DTHDT)), n)
  for (cycle in codes_of("cycle")) {
    k <- setting("cycle", cycle, "number")
    counted(paste0("disposition.cycles_", k, ".", group), sum(number(safe$NCYC) == number(k)), nrow(safe))
  }
  stopped <- safe[is(safe$EOTSTT, "DISCONTINUED"), ]
  rated(paste0("disposition.discontinued.", group), nrow(stopped), nrow(safe))
  counted(paste0("disposition.ongoing.", group), sum(is(safe$EOTSTT, "ONGOING")), nrow(safe))
  counted(paste0("disposition.status_unknown.", group), sum(is.na(safe$EOTSTT)), nrow(safe))
  for (reason in labels_of("disposition.REASON")) {
    counted(paste0("disposition.reason.", tolower(reason), ".", group), sum(is(stopped$DCSREAS, reason)), nrow(safe))
  }
  counted(paste0("disposition.reason.not_recorded.", group), sum(is.na(stopped$DCSREAS)), nrow(safe))
  dead <- here[!is.na(here$DTHDT), ]
  for (cause in labels_of("follow_up.DTHCAUSE")) {
    counted(paste0("deaths.cause.", tolower(cause), ".", group), sum(is(dead$DTHCAUS, cause)), nrow(dead))
  }
  counted(paste0("deaths.cause.not_recorded.", group), sum(is.na(dead$DTHCAUS)), nrow(dead))
  after <- as.numeric(as.Date(dead$DTHDT) - as.Date(dead$TRTEDT))
  after <- after[!is.na(after)]
  counted(paste0("deaths.early.", group), sum(after >= 0 & after <= 30), nrow(dead))
  described(paste0("deaths.days.", group), after, nrow(dead) - length(after))
  for (visit in c(BASELINE, VISITS)) {
    cycle <- number(setting("cycle", setting("visit", visit, "cycle"), "number"))
    treated <- safe$USUBJID[number(safe$NCYC) >= cycle]
    seen <- unique(ADLB$USUBJID[is(ADLB$AVISIT, visit) & !is.na(ADLB$AVAL)])
    counted(paste("disposition.labs_at", visit, group, sep = "."), sum(treated %in% seen), length(treated))
  }
}

# ---------------------------------------------------------------------------------------------------------------
# Accrual: everybody who has entered by the cut, also those who are in no other table
# ---------------------------------------------------------------------------------------------------------------

if (any(startsWith(results$analysis_id, "accrual.")) && any(!is.na(ADSL$RANDDT))) {
  cut <- day(ADSL$DCUTDT[!is.na(ADSL$DCUTDT)][1])
  here <- ADSL[!is.na(ADSL$RANDDT), ]
  entered <- data.frame(SITEID = here$SITEID, ON = day(here$RANDDT))
  listed <- read_table("raw/enrolment.csv", required = FALSE)
  if (!is.null(listed)) {
    listed <- listed[!is.na(listed$ENROLDT) & !(listed$SUBJID %in% here$SUBJID), ]
    listed <- listed[day(listed$ENROLDT) <= cut, ]
    entered <- rbind(entered, data.frame(SITEID = listed$SITEID, ON = day(listed$ENROLDT)))
  }
  month_of <- function(date) 12 * as.integer(format(date, "%Y")) + as.integer(format(date, "%m")) - 1
  months <- month_of(entered$ON)
  sites <- sort(unique(entered$SITEID[!is.na(entered$SITEID)]))
  planned <- number(setting("study", "", "planned_subjects"))
  pace <- planned / number(setting("study", "", "accrual_months"))
  keep("accrual.all", n = nrow(entered), in_report = nrow(here), no_centre = sum(is.na(entered$SITEID)))
  for (one in seq(min(months), max(months, month_of(cut)))) {
    name <- sprintf("%d-%02d", one %/% 12, one %% 12 + 1)
    keep(paste0("accrual.month.", name), n = sum(months == one), cumulative = sum(months <= one),
      planned = min((one - min(months) + 1) * pace, planned))
    for (site in sites) keep(paste("accrual.cell", name, by_id(site), sep = "."), n = sum(months == one & is(entered$SITEID, site)))
  }
  for (site in sites) {
    block <- paste0("accrual.site.", by_id(site))
    own <- here[is(here$SITEID, site), ]
    begun <- entered$ON[is(entered$SITEID, site)]
    counted(block, length(begun), nrow(entered))
    unseen <- as.numeric(cut - day(own$LSTALVDT[is.na(own$DTHDT) & !is.na(own$LSTALVDT)]))
    keep(block, in_report = nrow(own), on_treatment = sum(is(own$EOTSTT, "ONGOING")),
      per_month = length(begun) / (max(as.numeric(cut - min(begun)) + 1, 1) / (365.25 / 12)),
      days = if (length(unseen)) median(unseen) else NA, not_seen = sum(unseen > 180))
  }
}

# ---------------------------------------------------------------------------------------------------------------
# Table 1: patients before treatment
# ---------------------------------------------------------------------------------------------------------------

for (arm in ARMS) counted(paste0("table1.share.", arm), sum(RANDOMISED$ARM == arm), nrow(RANDOMISED))
for (group in GROUPS) {
  here <- within(RANDOMISED, group)
  keep_row(paste0("table1.N.", group), nrow(here))
  measures <- c(age = "AGE", bmi = "BMIBL", time_from_dx = "DXDUR")
  for (name in names(measures)) {
    x <- number(here[[measures[[name]]]])
    described(paste("table1", name, group, sep = "."), x[!is.na(x)], sum(is.na(x)))
  }
  levels <- list(
    sex = c(male = "M", female = "F"),
    ethnicity = c(caucasian = "CAUCASIAN", black = "BLACK", asian = "ASIAN", other = "OTHER"),
    primary = c(midgut = "MIDGUT", pancreas = "PANCREAS", stomach = "STOMACH", hindgut = "HINDGUT", other_unknown = "OTHER"),
    grade = c(g1 = "G1", g2 = "G2"),
    mets.liver = c("Y"), mets.lymph_nodes = c("Y"), mets.bone = c("Y"), mets.other = c("Y"), kps80 = c("Y")
  )
  columns <- c(sex = "SEX", ethnicity = "RACE", primary = "PRIMSITE", grade = "GRADEH", mets.liver = "METLIVFL",
    mets.lymph_nodes = "METLNFL", mets.bone = "METBONFL", mets.other = "METOTHFL", kps80 = "KPS80FL")
  for (name in names(levels)) {
    x <- here[[columns[[name]]]]
    keep(paste("table1", name, "unknown", group, sep = "."), n = sum(is.na(x)))
    for (level in seq_along(levels[[name]])) {
      block <- paste(c("table1", name, names(levels[[name]])[level], group), collapse = ".")
      counted(block, sum(is(x, levels[[name]][level])), sum(!is.na(x)))
    }
  }
  for (analyte in c("HGB", "PLAT", "WBC", "EGFR")) {
    x <- ADLB[is(ADLB$PARAMCD, analyte) & yes(ADLB$ABLFL) & ADLB$USUBJID %in% here$USUBJID & !is.na(ADLB$AVAL), ]
    described(paste("table1.lab", analyte, group, sep = "."), x$AVAL, nrow(here) - nrow(x))
  }
}

# ---------------------------------------------------------------------------------------------------------------
# Activities, and their modification by dosimetry (Table 2)
# ---------------------------------------------------------------------------------------------------------------

# Of the isotope that is modified: a control arm that is given another one besides has none of that in it.
first_activity <- c(number(setting("arm", CONTROL, "initial_activity.LU177")), 0)[1]
keep("activity.fixed_course", total = first_activity * length(codes_of("cycle")) / 1000)
for (arm in ARMS) {
  for (isotope in setting("arm", arm, "isotope")) {
    x <- ADEX[ADEX$SAFE & is(ADEX$ARM, arm) & is(ADEX$ISOTOPE, isotope) & is(ADEX$AVISIT, "CUMULATIVE") & !is.na(ADEX$AVAL), ]
    described(paste("activity", arm, isotope, "cumulative", sep = "."), x$AVAL / 1000, sum(SAFETY$ARM == arm) - nrow(x))
  }
}
for (arm in MODIFIED) {
  isotope <- setting("arm", arm, "modified_isotope")
  nominal <- number(setting("arm", arm, paste0("initial_activity.", isotope)))
  n <- sum(SAFETY$ARM == arm)
  keep_row(paste("table2", arm, "N", sep = "."), n)
  x <- ADEX[ADEX$SAFE & is(ADEX$ARM, arm) & is(ADEX$ISOTOPE, isotope) & is(ADEX$AVISIT, "MODIFICATION"), ]
  average <- function(x) if (length(x)) mean(x) else NA
  mean_change <- function(block, mbq) keep(block, mean_mbq = average(mbq), mean_pct = 100 * average(mbq) / nominal)
  for (category in c("increased", "decreased", "unchanged")) {
    block <- paste("table2", arm, "partition", category, sep = ".")
    here <- x[is(x$AVALC, toupper(category)), ]
    counted(block, nrow(here), n)
    if (category != "unchanged") mean_change(block, here$CHG)
  }
  none <- n - sum(x$AVALC %in% c("INCREASED", "DECREASED", "UNCHANGED"))
  for (counting in c("partition", "any_cycle")) counted(paste("table2", arm, counting, "not_evaluable", sep = "."), none, n)
  block <- paste("table2", arm, "any_cycle", "", sep = ".")
  counted(paste0(block, "increased"), sum(yes(x$ANYUPFL)), n)
  counted(paste0(block, "decreased"), sum(yes(x$ANYDNFL)), n)
  counted(paste0(block, "unchanged"), sum(yes(x$ONLYUNFL)), n)
  mean_change(paste0(block, "increased"), x$UPCHG[yes(x$ANYUPFL)])
  mean_change(paste0(block, "decreased"), x$DNCHG[yes(x$ANYDNFL)])
}

# ---------------------------------------------------------------------------------------------------------------
# Comparisons between groups
# ---------------------------------------------------------------------------------------------------------------

# Levene's test: an analysis of variance of the distances from the centre (SPSS: mean; R's car: median).
levene <- function(x, g) {
  centre <- if (CONVENTION == "spss23") mean else median
  away <- abs(x - ave(x, g, FUN = centre))
  if (all(tapply(away, g, function(y) diff(range(y)) < 1e-12))) return(NA)
  anova(lm(away ~ g))[["Pr(>F)"]][1]
}
constant <- function(x) diff(range(x)) == 0
# Distribution of the studentized range. ptukey of R loses digits at few degrees of freedom (at 2 it is off by 2e-4), so
# that below 20 it is integrated here: over the normal variable by 96 Gauss-Legendre points, then over the scale.
legendre <- function(n) {
  k <- seq_len(n - 1)
  off <- k / sqrt(4 * k^2 - 1)
  J <- matrix(0, n, n)
  J[cbind(k, k + 1)] <- J[cbind(k + 1, k)] <- off
  e <- eigen(J, symmetric = TRUE)
  list(x = e$values, w = 2 * e$vectors[1, ]^2)
}
GAUSS <- legendre(96)
beyond_range <- function(q, k, df) {
  if (df >= 20) return(ptukey(q, k, df, lower.tail = FALSE))
  z <- 9 * GAUSS$x
  of_range <- function(w) {
    inside <- pnorm(z) - pnorm(outer(z, w, `-`))
    colSums(9 * GAUSS$w * k * dnorm(z) * pmax(inside, 0)^(k - 1))
  }
  scale <- function(s) exp(log(2) + df / 2 * log(df / 2) - lgamma(df / 2) + (df - 1) * log(s) - df * s^2 / 2)
  integrate(function(s) scale(s) * (1 - of_range(q * s)), 0, Inf, rel.tol = 1e-9, subdivisions = 1000)$value
}
range_quantile <- function(p, k, df) {
  if (df >= 20) return(qtukey(p, k, df))
  top <- 3
  while (beyond_range(top, k, df) > 1 - p) top <- 2 * top
  uniroot(function(q) beyond_range(q, k, df) - (1 - p), c(0.01, top), tol = 1e-10)$root
}

# All tests between the arms that have enough patients.
between_groups <- function(block, x, arm) {
  everyone <- factor(arm, ARMS)
  normal <- setNames(rep(NA_real_, length(ARMS)), ARMS)
  for (one in ARMS) {
    y <- x[everyone == one]
    if (length(y) >= 3 && !constant(y)) normal[one] <- shapiro.test(y)$p.value
  }
  sizes <- table(everyone)
  compared <- ARMS[sizes >= max(1, MIN_GROUP)]
  # Normality is an assumption of the comparison: of arms that are not compared it is not looked at.
  looked_at <- if (length(compared) > 1) compared else character(0)
  for (one in ARMS) keep(paste(block, "shapiro_wilk", one, sep = "."), p = if (one %in% looked_at) normal[[one]] else NA)
  x <- x[everyone %in% compared]
  g <- factor(everyone[everyone %in% compared], compared)
  ranks <- rank(at_precision(x))
  spread <- tapply(x, g, function(y) if (length(y) > 1) var(y) else NA)
  said <- list(kruskal_wallis = c(NA, NA), anova = c(NA, NA), welch_anova = c(NA, NA))
  equal <- NA
  if (length(compared) > 1) {
    if (!constant(ranks)) {
      test <- kruskal.test(ranks, g)
      said$kruskal_wallis <- c(test$statistic, test$p.value)
    }
    if (any(spread > 0, na.rm = TRUE)) {
      test <- oneway.test(x ~ g, var.equal = TRUE)
      said$anova <- c(test$statistic, test$p.value)
      equal <- levene(x, g)
    }
    if (all(is(spread > 0, TRUE))) {
      test <- oneway.test(x ~ g)
      said$welch_anova <- c(test$statistic, test$p.value)
    }
  }
  for (test in names(said)) keep(paste(block, test, sep = "."), statistic = said[[test]][1], p = said[[test]][2])
  keep(paste(block, "levene", sep = "."), p = equal)
  level <- plan_number("assumption_alpha")
  known <- normal[compared]
  chosen <- if (!length(compared) || any(is.na(known)) || any(known < level)) "kruskal_wallis"
    else if (is.na(equal) || equal < level) "welch_anova" else "anova"
  keep(paste(block, "routed", sep = "."), p = said[[chosen]][2])
  pairs_of_groups(block, x, ranks, g, compared, spread)
  said[["routed"]] <- said[[chosen]]
  said[[plan("between_arm_test")]][2]
}

pairs_of_groups <- function(block, x, ranks, g, compared, spread) {
  n <- table(g)
  k <- length(compared)
  total <- length(x)
  df <- total - k
  means <- tapply(x, g, mean)
  within_ss <- sum((x - ave(x, g))^2)
  mean_ranks <- tapply(ranks, g, mean)
  ties <- table(ranks)
  dunn_variance <- (total * (total + 1) - sum(ties^3 - ties) / (total - 1)) / 12
  pairs <- list()
  for (j in seq_along(ARMS)) for (i in seq_len(j - 1)) pairs[[length(pairs) + 1]] <- c(ARMS[j], ARMS[i])
  dunn_p <- rep(NA_real_, length(pairs))
  wide <- if (k > 1 && df > 0) range_quantile(CONFIDENCE, k, df)
  for (place in seq_along(pairs)) {
    a <- pairs[[place]][1]
    b <- pairs[[place]][2]
    name <- paste0(a, "_vs_", b)
    tukey <- games <- c(NA, NA, NA, NA)
    if (a %in% compared && b %in% compared) {
      gap <- means[[a]] - means[[b]]
      if (df > 0 && within_ss > 0) {
        se <- sqrt(within_ss / df / 2 * (1 / n[[a]] + 1 / n[[b]]))
        tukey <- c(gap, gap - wide * se, gap + wide * se, beyond_range(abs(gap) / se, k, df))
      }
      if (is(spread[[a]] + spread[[b]] > 0, TRUE)) {
        u <- spread[[a]] / n[[a]]
        v <- spread[[b]] / n[[b]]
        se <- sqrt((u + v) / 2)
        df_welch <- (u + v)^2 / (u^2 / (n[[a]] - 1) + v^2 / (n[[b]] - 1))
        reach <- range_quantile(CONFIDENCE, k, df_welch) * se
        games <- c(gap, gap - reach, gap + reach, beyond_range(abs(gap) / se, k, df_welch))
      }
      if (!constant(ranks)) {
        z <- (mean_ranks[[a]] - mean_ranks[[b]]) / sqrt(dunn_variance * (1 / n[[a]] + 1 / n[[b]]))
        dunn_p[place] <- 2 * pnorm(-abs(z))
      }
    }
    keep_all(paste(block, "tukey_hsd", name, sep = "."), setNames(tukey, c("difference", "ci_low", "ci_high", "p")))
    keep_all(paste(block, "games_howell", name, sep = "."), setNames(games, c("difference", "ci_low", "ci_high", "p")))
  }
  for (place in seq_along(pairs)) {
    keep(paste0(block, ".dunn.", pairs[[place]][1], "_vs_", pairs[[place]][2]), p = dunn_p[place],
      holm = p.adjust(dunn_p, "holm")[place], bonferroni = p.adjust(dunn_p, "bonferroni")[place])
  }
}

# ---------------------------------------------------------------------------------------------------------------
# Table 3: doses to organs, and the limits of the protocol
# ---------------------------------------------------------------------------------------------------------------

COMPLETE <- ADDOS[ADDOS$SAFE & is(ADDOS$AVISIT, "CUMULATIVE") & yes(ADDOS$DOSCMPFL) & !is.na(ADDOS$AVAL), ]
code_of_dose <- function(organ, source) paste0(substr(organ, 1, 3), source)
for (arm in ARMS) keep_row(paste("table3", arm, "N", sep = "."), sum(SAFETY$ARM == arm))
for (organ in ORGANS) {
  for (group in GROUPS) {
    sources <- "total"
    if (group != "all") sources <- c(sources, codes_of("isotope"))
    for (source in sources) {
      # Every arm has a line for 177Lu and the total; 90Y only where it is given.
      if (is(source, "Y90") && !("Y90" %in% setting("arm", group, "isotope"))) next
      x <- within(COMPLETE[is(COMPLETE$ORGAN, organ), ], group)
      x <- if (source == "total") x[is(x$PARAMCD, code_of_dose(organ, "TOT")), ]
      else x[is(x$ISOTOPE, source) & !grepl("TOT$", x$PARAMCD), ]
      name <- if (source == "total") source else setting("isotope", source, "plain")
      block <- paste0("table3.", tolower(organ), "_", name, ".", group)
      described(block, x$AVAL, nrow(within(SAFETY, group)) - nrow(x))
      whiskers(block, x$AVAL)
    }
  }
  x <- COMPLETE[is(COMPLETE$PARAMCD, code_of_dose(organ, "TOT")), ]
  between_groups(paste0("dose.", tolower(organ), ".between"), x$AVAL, x$ARM)
}

# Above a limit: known if the sum that is there is above it, or if it is complete and is not.
TOTAL <- ADDOS[ADDOS$SAFE & grepl("TOT$", ADDOS$PARAMCD) & !is.na(ADDOS$AVAL), ]
for (organ in ORGANS) {
  for (span in c("course", "cycle")) {
    bound <- number(setting("organ", organ, if (span == "course") "limit_total" else "limit_cycle"))
    if (!length(bound)) next
    doses <- TOTAL[is(TOTAL$ORGAN, organ) & (if (span == "course") TOTAL$AVISIT == "CUMULATIVE" else TOTAL$AVISIT != "CUMULATIVE"), ]
    for (group in GROUPS) {
      patients <- within(SAFETY, group)$USUBJID
      above <- patients %in% doses$USUBJID[doses$AVAL > bound]
      complete <- patients %in% ADDOS$USUBJID[is(ADDOS$ORGAN, organ) & yes(ADDOS$DOSCMPFL)]
      any_dose <- patients %in% doses$USUBJID
      known <- above | complete
      block <- paste("limit", tolower(organ), span, group, sep = ".")
      n <- length(patients)
      rated(block, sum(above), sum(known))
      unknown <- sum(!known)
      keep(block, n_known = sum(known), n_unknown = sum(!known & any_dose), n_without = sum(!any_dose & !known),
        n_treated = n, bound_low = percent(sum(above), n), bound_high = percent(sum(above) + unknown, n))
    }
  }
}

# ---------------------------------------------------------------------------------------------------------------
# Exposure: cycles given and late, activity and dose of each cycle, biologically effective dose of the kidney
# ---------------------------------------------------------------------------------------------------------------

design <- function(field) number(setting("study", "", field))
WEEKS <- design("cycle_interval_weeks")
if (length(WEEKS) && any(startsWith(results$analysis_id, "exposure."))) {
  cycles <- codes_of("cycle")
  WINDOW <- if (plan("cycle_delay") == "over_window") design("cycle_interval_tolerance_weeks") else 0
  given_on <- unique(ADEX[ADEX$SAFE & ADEX$AVISIT %in% cycles, c("USUBJID", "ARM", "AVISIT", "ASTDT")])
  given_on <- given_on[!duplicated(given_on[c("USUBJID", "AVISIT")]), ]
  given_on$place <- match(given_on$AVISIT, cycles)
  given_on <- given_on[order(given_on$USUBJID, given_on$place), ]
  before <- c(NA, seq_len(max(nrow(given_on) - 1, 0)))[seq_len(nrow(given_on))]
  same <- is(given_on$USUBJID[before] == given_on$USUBJID, TRUE)
  given_on$interval <- ifelse(same, as.numeric(day(given_on$ASTDT) - day(given_on$ASTDT)[before]), NA)
  # A cycle that was left out in between is given its planned time; the window is allowed once.
  longest <- 7 * (WEEKS * (given_on$place - given_on$place[before]) + WINDOW)
  given_on$late <- ifelse(same, pmax(given_on$interval - longest, 0), NA)
  for (group in GROUPS) {
    here <- within(given_on, group)
    treated <- nrow(within(SAFETY, group))
    for (cycle in cycles[-1]) {
      x <- here[here$AVISIT == cycle & !is.na(here$interval), ]
      late <- x$late[is(x$late > 0, TRUE)]
      described(paste("exposure.interval", cycle, group, sep = "."), x$interval, treated - nrow(x))
      counted(paste("exposure.delayed", cycle, group, sep = "."), length(late), sum(!is.na(x$late)))
      described(paste("exposure.delay", cycle, group, sep = "."), late, treated - length(late))
    }
    counted(paste0("exposure.delayed_patients.", group), length(unique(here$USUBJID[is(here$late > 0, TRUE)])), treated)
    ended <- within(SAFETY, group)
    for (cycle in cycles) {
      reached <- here$USUBJID[here$AVISIT == cycle]
      counted(paste("exposure.not_given", cycle, group, sep = "."),
        sum(!(ended$USUBJID %in% reached) & !is(ended$EOTSTT, "ONGOING")), nrow(ended))
    }
  }
  recorded <- ADEX[ADEX$SAFE & ADEX$AVISIT %in% cycles & !is.na(ADEX$AVAL), ]
  doses <- ADDOS[ADDOS$SAFE & ADDOS$AVISIT %in% cycles & !is.na(ADDOS$AVAL) & !grepl("TOT$", ADDOS$PARAMCD), ]
  for (arm in ARMS) {
    patients <- within(SAFETY, arm)
    keep(paste0("exposure.courses.", arm), n = nrow(patients), ongoing = sum(is(patients$EOTSTT, "ONGOING")))
    own <- within(given_on, arm)
    if (arm %in% MODIFIED) keep(paste0("exposure.adapted_cycles.", arm), n = sum(own$place > 1))
    for (isotope in setting("arm", arm, "isotope")) {
      x <- within(recorded[is(recorded$ISOTOPE, isotope), ], arm)
      for (cycle in cycles) {
        at <- x[x$AVISIT == cycle, ]
        described(paste("exposure.activity", arm, isotope, cycle, sep = "."), at$AVAL / 1000, sum(own$AVISIT == cycle) - nrow(at))
        for (organ in ORGANS) {
          dose <- within(doses[is(doses$ORGAN, organ) & is(doses$ISOTOPE, isotope) & doses$AVISIT == cycle, ], arm)
          per <- dose$AVAL / (at$AVAL[match(dose$USUBJID, at$USUBJID)] / 1000)
          per <- per[is.finite(per)]
          described(paste("exposure.specific", tolower(organ), arm, isotope, cycle, sep = "."), per, sum(own$AVISIT == cycle) - length(per))
        }
      }
      # Against what was set for the cycles: how many are known, what part was given, and the intensity of the course.
      nominal <- number(setting("arm", arm, paste0("initial_activity.", isotope)))
      x$SET <- number(x$DOSESET)
      counted(paste("exposure.set", arm, isotope, sep = "."), sum(!is.na(x$SET)), nrow(x))
      part <- (100 * x$AVAL / x$SET)[is(x$SET > 0, TRUE)]
      described(paste("exposure.given_of_set", arm, isotope, sep = "."), part, nrow(x) - length(part))
      of_course <- function(values, f) vapply(split(values, factor(x$USUBJID, unique(x$USUBJID))), f, 0)
      took <- vapply(unique(x$USUBJID), function(who) {
        dates <- day(given_on$ASTDT[given_on$USUBJID == who])
        as.numeric(max(dates) - min(dates)) + 7 * WEEKS
      }, 0)
      amount <- of_course(x$AVAL, sum)
      planned <- list(start = rep(nominal / (7 * WEEKS), length(amount)), set = of_course(x$SET, mean) / (7 * WEEKS))
      for (against in names(planned)) {
        intensity <- 100 * amount / took / planned[[against]]
        intensity <- intensity[is.finite(intensity)]
        described(paste("exposure.intensity", arm, isotope, against, sep = "."), as.numeric(intensity), nrow(patients) - length(intensity))
      }
      whole <- number(setting("arm", arm, paste0("initial_activity.", isotope))) * length(cycles)
      total <- ADEX[ADEX$SAFE & is(ADEX$ARM, arm) & is(ADEX$ISOTOPE, isotope) & is(ADEX$AVISIT, "CUMULATIVE") & !is.na(ADEX$AVAL), ]
      ended <- patients$USUBJID[!is(patients$EOTSTT, "ONGOING")]
      total <- total[total$USUBJID %in% ended, ]
      described(paste("exposure.share", arm, isotope, sep = "."), 100 * total$AVAL / whole, length(ended) - nrow(total))
    }
  }

  # The limit that leaves least room for the isotope whose activity changes, by the doses of the cycles before.
  per_activity <- doses
  given_here <- recorded[is(recorded$AVAL > 0, TRUE), ]
  key <- function(data) paste(data$USUBJID, data$AVISIT, data$ISOTOPE)
  per_activity$RATIO <- per_activity$AVAL / (given_here$AVAL[match(key(per_activity), key(given_here))] / 1000)
  per_activity <- per_activity[!is.na(per_activity$RATIO), ]
  limits_of_study <- unlist(lapply(ORGANS, function(organ) c(paste0(tolower(organ), "_course"),
    if (length(setting("organ", organ, "limit_cycle"))) paste0(tolower(organ), "_cycle"))))
  reasons <- c(dosimetry_increase = "DOSIMETRY_INCREASE", dosimetry_reduction = "DOSIMETRY_REDUCTION")
  least_room <- function(before, arm, left) {
    changed <- setting("arm", arm, "modified_isotope")
    rooms <- c()
    for (organ in ORGANS) {
      own <- before[is(before$ORGAN, organ), ]
      ratio <- tapply(own$RATIO, own$ISOTOPE, mean)
      isotopes <- setting("arm", arm, "isotope")
      # An isotope that gave no dose allows any activity: no limit governs.
      if (!all(isotopes %in% names(ratio)) || !(ratio[[changed]] > 0)) return("unknown")
      others <- setdiff(isotopes, changed)
      fixed <- sum(vapply(others, function(one) ratio[[one]] * number(setting("arm", arm, paste0("initial_activity.", one))) / 1000, 0))
      room <- function(budget) (budget - fixed) / ratio[[changed]]
      rooms[[paste0(tolower(organ), "_course")]] <- room((number(setting("organ", organ, "limit_total")) - sum(own$AVAL)) / left)
      cycle_limit <- number(setting("organ", organ, "limit_cycle"))
      if (length(cycle_limit)) rooms[[paste0(tolower(organ), "_cycle")]] <- room(cycle_limit)
    }
    names(rooms)[which.min(unlist(rooms))]
  }
  for (arm in MODIFIED) {
    own <- within(given_on, arm)
    later <- own[own$place > 1, ]
    governed <- vapply(seq_len(nrow(later)), function(i) {
      who <- later$USUBJID[i]
      earlier <- own$AVISIT[own$USUBJID == who & own$place < later$place[i]]
      before <- per_activity[per_activity$USUBJID == who & per_activity$AVISIT %in% earlier, ]
      due <- length(ORGANS) * sum(given_here$USUBJID == who & given_here$AVISIT %in% earlier)
      limit <- if (nrow(before) == due) least_room(before, arm, length(cycles) - later$place[i] + 1) else "unknown"
      why <- ADEX$DOSREAS[is(ADEX$USUBJID, who) & is(ADEX$AVISIT, later$AVISIT[i])]
      why <- names(reasons)[match(why[!is.na(why)][1], reasons)]
      paste(limit, if (is.na(why)) "other_reason" else why, sep = ".")
    }, "")
    for (limit in c(limits_of_study, "unknown")) for (why in c(names(reasons), "other_reason")) {
      counted(paste("exposure.governed", arm, limit, why, sep = "."), sum(governed == paste(limit, why, sep = ".")), nrow(later))
    }
  }

  # Where a cycle lacks between others, or how treatment ended is not recorded, ADEX and ADSL do not say which cycles
  # were due: these counts are then not recomputed.
  # Who lacks the activity or the dose of a cycle is counted by what was due, which the datasets alone do not say.
  rm(list = grep("^exposure\\.(activity|specific)\\..*\\.n_missing$", ls(found), value = TRUE), envir = found)
  reached <- tapply(given_on$place, given_on$USUBJID, max)
  if (any(reached != table(given_on$USUBJID)[names(reached)]) || any(is.na(SAFETY$EOTSTT))) {
    unsure <- "^exposure\\.((not_given|adapted_cycles|courses)\\.|interval\\..*\\.n_missing$)"
    rm(list = grep(unsure, ls(found), value = TRUE), envir = found)
  }

  # Biologically effective dose of one cycle: D + (2 / ratio) times the sum over pairs of radionuclides of
  # D_i D_j k_i k_j / ((k_i + k_j)(k_i + m)), with k the rates of effective decay and m that of repair; cycles are far
  # enough apart to be added.
  rate <- vapply(codes_of("isotope"), function(isotope) {
    physical <- number(setting("isotope", isotope, "half_life_hours"))
    log(2) * (1 / physical + 1 / plan_number("bed_biological_hours"))
  }, 0)
  for (isotope in names(rate)) keep(paste0("exposure.kidney.half_life.", isotope), hours = log(2) / rate[[isotope]])
  kidney <- doses[is(doses$ORGAN, "KIDNEY") & yes(doses$DOSCMPFL), ]
  effective <- function(ratio, repair_hours) {
    m <- log(2) / repair_hours
    of_cycle <- tapply(seq_len(nrow(kidney)), paste(kidney$USUBJID, kidney$AVISIT), function(rows) {
      D <- kidney$AVAL[rows]
      k <- rate[kidney$ISOTOPE[rows]]
      pairs <- outer(D * k, D * k) / (outer(k, k, `+`) * (k + m))
      sum(D) + 2 * sum(pairs) / ratio
    })
    tapply(of_cycle, sub(" [^ ]*$", "", names(of_cycle)), sum)
  }
  absorbed <- COMPLETE[is(COMPLETE$PARAMCD, "KIDTOT"), ]
  RATIO_AB <- plan_number("bed_alpha_beta")
  whole_course <- function(values, group) {
    patients <- within(absorbed, group)$USUBJID
    as.numeric(values[patients])
  }
  if (nrow(kidney)) {
    bed <- effective(RATIO_AB, plan_number("bed_repair_hours"))
    for (group in GROUPS) {
      x <- whole_course(bed, group)
      missing <- nrow(within(SAFETY, group)) - length(x)
      described(paste0("exposure.kidney.bed.", group), x, missing)
      described(paste0("exposure.kidney.eqd2.", group), x / (1 + 2 / RATIO_AB), missing)
      described(paste0("exposure.kidney.absorbed.", group), within(absorbed, group)$AVAL, missing)
    }
    for (ratio in plan_number("bed_alpha_beta_grid")) for (repair in plan_number("bed_repair_grid")) {
      at <- effective(ratio, repair)
      for (group in GROUPS) {
        x <- whole_course(at, group)
        keep(paste("exposure.kidney.grid", by_month(ratio), by_month(repair), group, sep = "."), median = quartile(x, 0.5),
          max = if (length(x)) max(x) else NA)
      }
    }
  }
}

# ---------------------------------------------------------------------------------------------------------------
# Laboratory values: changes from baseline (Table 4), worst changes, comparisons
# ---------------------------------------------------------------------------------------------------------------

LABS <- ADLB[ADLB$SAFE, ]
keep("labs.censored", n = sum(yes(LABS$CENSFL) & is.na(LABS$DTYPE)))
OF_VISIT <- LABS[yes(LABS$ANL01FL) & is.na(LABS$DTYPE), ]
NADIR <- LABS[is(LABS$AVISIT, "NADIR"), ]

# Wilcoxon's signed-rank test of the differences, without zeros; exact where the convention says so.
signed_rank <- function(d) {
  d <- at_precision(d)
  zeros <- any(d == 0)
  d <- d[d != 0]
  n <- length(d)
  if (n == 0) return(c(z = NA, p = NA))
  r <- rank(abs(d))
  v <- sum(r[d > 0])
  ties <- table(r)
  centre <- n * (n + 1) / 4
  sigma <- sqrt(n * (n + 1) * (2 * n + 1) / 24 - sum(ties^3 - ties) / 48)
  z <- (v - centre) / sigma
  counted_out <- n < 50 && (CONVENTION == "default" || (CONVENTION == "r" && !any(ties > 1) && !zeros))
  # The continuity correction is of the approximation: beside an exact p z has none.
  if (CONVENTION == "r" && !counted_out) z <- (v - centre - sign(v - centre) / 2) / sigma
  p <- 2 * pnorm(-abs(z))
  if (counted_out) {
    ways <- 1  # number of sign patterns by twice the sum of positive ranks
    for (step in round(2 * r)) ways <- c(ways, rep(0, step)) + c(rep(0, step), ways)
    below <- sum(ways[seq_len(round(2 * v) + 1)])
    above <- sum(ways[(round(2 * v) + 1):length(ways)])
    p <- min(1, 2 * min(below, above) / sum(ways))
  }
  c(z = z, p = p)
}

MODCAT <- of_patient(NADIR, "MODCAT")
for (analyte in ANALYTES) {
  here <- OF_VISIT[is(OF_VISIT$PARAMCD, analyte), ]
  tested <- numeric(0)
  medians <- numeric(0)
  for (visit in VISITS) {
    at <- here[is(here$AVISIT, visit) & !is.na(here$CHG), ]
    for (group in GROUPS) {
      x <- within(at, group)
      block <- paste("labs", analyte, visit, group, "change", sep = ".")
      described(block, x$CHG, nrow(within(SAFETY, group)) - nrow(x))
      whiskers(block, x$CHG)
    }
    pchg <- at$PCHG[!is.na(at$PCHG)]
    keep(paste("labs", analyte, visit, "all.percent_change", sep = "."), n = length(pchg),
      n_missing = nrow(SAFETY) - length(pchg), median = quartile(pchg, 0.5))
    tested[visit] <- between_groups(paste("labs", analyte, visit, "between", sep = "."), at$CHG, at$ARM)
    medians[visit] <- quartile(at$CHG, 0.5)
  }
  adjusted <- p.adjust(tested, "holm")
  for (visit in VISITS) keep(paste("labs", analyte, visit, "between", sep = "."), holm = adjusted[[visit]])
  if (any(!is.na(medians))) {
    place <- function(x) number(gsub("\\D", "", VISITS[which(at_precision(x) == max(at_precision(x), na.rm = TRUE))[1]]))
    keep(paste0("labs.", analyte, ".largest"), visit = place(abs(medians)))
    keep(paste0("labs.", analyte, ".least_favourable"),
      visit = place(if (setting("analyte", analyte, "adverse") == "low") -medians else medians))
  }

  pairs <- c(Map(c, VISITS[-length(VISITS)], VISITS[-1]), lapply(VISITS, function(visit) c(BASELINE, visit)))
  for (pair in pairs) {
    value_at <- function(visit) here[is(here$AVISIT, visit) & !is.na(here$AVAL), ]
    first <- value_at(pair[1])
    then <- value_at(pair[2])
    both <- match(then$USUBJID, first$USUBJID)
    d <- (then$AVAL - first$AVAL[both])[!is.na(both)]
    test <- if (length(d) >= MIN_GROUP) signed_rank(d) else c(z = NA, p = NA)
    block <- paste0("labs.", analyte, ".", pair[1], "_", pair[2], ".paired")
    keep_all(paste0(block, ".wilcoxon"), test)
    rounded <- at_precision(d)
    t_test <- if (length(d) >= MIN_GROUP && !constant(rounded)) t.test(d) else NULL
    keep(paste0(block, ".paired_t"), difference = if (is.null(t_test)) NA else mean(d),
      p = if (is.null(t_test)) NA else t_test$p.value)
  }

  worst <- NADIR[is(NADIR$PARAMCD, analyte) & !is.na(NADIR$CHG), ]
  looks <- if (plan("nadir_scope") == "follow_up") here[here$AVISIT %in% VISITS & !is.na(here$CHG), ]
  else LABS[is(LABS$PARAMCD, analyte) & is.na(LABS$DTYPE) & yes(LABS$ONTRTFL) & !is.na(LABS$CHG), ]
  for (group in GROUPS) {
    patients <- within(SAFETY, group)$USUBJID
    x <- within(worst, group)
    described(paste("labs", analyte, "nadir", group, "change", sep = "."), x$CHG, length(patients) - nrow(x))
    seen <- table(factor(looks$USUBJID, x$USUBJID))
    described(paste("labs", analyte, "nadir", group, "looks", sep = "."), as.numeric(seen), length(patients) - nrow(x))
  }
  between_groups(paste("labs", analyte, "nadir.between", sep = "."), worst$CHG, worst$ARM)
  category <- of_patient(worst, "MODCAT")
  for (arm in MODIFIED) {
    block <- paste("labs", analyte, "nadir.modification", arm, sep = ".")
    here_too <- is(worst$ARM, arm) & category %in% c("INCREASED", "DECREASED", "UNCHANGED")
    x <- at_precision(worst$CHG[here_too])
    k <- category[here_too]
    keep(block, n_increased = sum(k == "INCREASED"), n_decreased = sum(k == "DECREASED"), n_unchanged = sum(k == "UNCHANGED"))
    kruskal <- function(name, g, groups) {
      n <- table(factor(g, groups))
      n <- n[n > 0]
      test <- if (length(n) > 1 && all(n >= MIN_GROUP) && !constant(x)) kruskal.test(x, factor(g)) else NULL
      keep(name, statistic = if (is.null(test)) NA else test$statistic, p = if (is.null(test)) NA else test$p.value)
    }
    kruskal(paste0(block, ".kruskal_wallis"), k, c("INCREASED", "DECREASED", "UNCHANGED"))
    kruskal(paste0(block, ".changed.kruskal_wallis"), ifelse(k == "UNCHANGED", k, "CHANGED"), c("CHANGED", "UNCHANGED"))
  }
}

# ---------------------------------------------------------------------------------------------------------------
# Laboratory values: model for repeated values
# ---------------------------------------------------------------------------------------------------------------

# The same model as nlme::gls(CHG ~ 0 + arm:visit + base, corSymm(form = ~ visit | patient), varIdent(~ 1 | visit)),
# taken to the optimum of the restricted likelihood by average information (Gilmour, Thompson and Cullis 1995), with
# the standard errors and degrees of freedom of Kenward and Roger (1997), or the degrees of freedom of Satterthwaite,
# which gls does not have: it stops within 1e-5 of the optimum, too far for a comparison of digits.
reml <- function(y, X, patient, visit, t, compound) {
  basis <- list()
  if (compound) {
    basis <- list(diag(t), matrix(1, t, t) - diag(t))
  } else {
    for (j in seq_len(t)) for (i in seq_len(j)) {
      E <- matrix(0, t, t)
      E[i, j] <- E[j, i] <- 1
      basis[[length(basis) + 1]] <- E
    }
  }
  blocks <- split(seq_along(y), patient)
  N <- length(y)
  full <- function(M) {
    V <- matrix(0, N, N)
    for (b in blocks) V[b, b] <- M[visit[b], visit[b]]
    V
  }
  Vj <- lapply(basis, full)
  filled <- lapply(Vj, function(V) which(V != 0)) # few of its entries
  sigma_of <- function(theta) Reduce(`+`, Map(`*`, theta, basis))
  state <- function(theta) {
    S <- sigma_of(theta)
    if (any(!is.finite(S)) || min(eigen(S, symmetric = TRUE, only.values = TRUE)$values) <= 1e-12 * max(diag(S))) return(NULL)
    W <- matrix(0, N, N)
    log_det <- 0
    for (b in blocks) {
      C <- chol(S[visit[b], visit[b], drop = FALSE])
      W[b, b] <- chol2inv(C)
      log_det <- log_det + 2 * sum(log(diag(C)))
    }
    WX <- W %*% X
    information <- crossprod(X, WX)
    C <- tryCatch(chol(information), error = function(e) NULL)
    if (is.null(C)) return(NULL)
    Phi <- chol2inv(C)
    P <- W - WX %*% Phi %*% t(WX)
    Py <- drop(P %*% y)
    list(W = W, WX = WX, Phi = Phi, P = P, Py = Py, beta = drop(Phi %*% crossprod(WX, y)),
      loglik = -0.5 * (log_det + 2 * sum(log(diag(C))) + sum(y * Py)))
  }
  residual <- lm.fit(X, y)$residuals
  v <- sum(residual^2) / max(1, N - ncol(X))
  theta <- if (compound) c(v, v / 3) else vapply(basis, function(E) if (sum(diag(E)) > 0) v else v / 3, 0)
  now <- state(theta)
  if (is.null(now)) return(NULL)
  climb <- function(theta, now) {
    for (step in 1:300) {
      f <- vapply(Vj, function(V) drop(V %*% now$Py), numeric(N))
      score <- -0.5 * mapply(function(V, at) sum(now$P[at] * V[at]), Vj, filled) + 0.5 * drop(crossprod(f, now$Py))
      AI <- 0.5 * crossprod(f, now$P %*% f)
      move <- tryCatch(solve(AI, score), error = function(e) NULL)
      if (is.null(move)) return(NULL)
      size <- 1
      repeat {
        nxt <- state(theta + size * move)
        if (!is.null(nxt) && nxt$loglik >= now$loglik - 1e-10) break
        size <- size / 2
        if (size < 1e-8) return(list(theta = theta, now = now, there = max(abs(move)) <= 1e-6 * max(abs(theta))))
      }
      theta <- theta + size * move
      now <- nxt
      if (max(abs(size * move)) <= 1e-12 * max(abs(theta))) break
    }
    list(theta = theta, now = now, there = TRUE)
  }
  at <- climb(theta, now)
  if (is.null(at)) return(NULL)
  if (!at$there) {
    # With few values the way by the average information may lead to the edge of what is a covariance matrix: a search
    # over its root, which has no edge, from values of a patient that are independent and that are nearly equal.
    of_root <- function(root) {
      if (compound) return(exp(root[1]) * c(1, (1 + 1 / (t - 1)) * plogis(root[2]) - 1 / (t - 1)))
      L <- matrix(0, t, t)
      L[lower.tri(L, diag = TRUE)] <- root
      diag(L) <- exp(diag(L))
      S <- tcrossprod(L)
      S[upper.tri(S, diag = TRUE)]
    }
    fall <- function(root) {
      here <- state(of_root(root))
      if (is.null(here)) 1e10 else -here$loglik
    }
    other <- lapply(c(0, 0.9), function(r) {
      L <- t(chol(v * ((1 - r) * diag(t) + r)))
      diag(L) <- log(diag(L))
      root <- if (compound) c(log(v), qlogis(0.1 + 0.8 * r)) else L[lower.tri(L, diag = TRUE)]
      for (again in 1:3) root <- optim(root, fall, method = "BFGS", control = list(maxit = 1000, reltol = 1e-14))$par
      from <- state(of_root(root))
      if (is.null(from)) NULL else climb(of_root(root), from)
    })
    other <- Filter(function(one) !is.null(one) && one$there, other)
    if (length(other)) at <- other[[which.max(vapply(other, function(one) one$now$loglik, 0))]]
  }
  theta <- at$theta
  now <- at$now
  q <- length(Vj)
  times <- function(A, M) { # A %*% full(M), whose blocks are small
    for (b in blocks) A[, b] <- A[, b, drop = FALSE] %*% M[visit[b], visit[b], drop = FALSE]
    A
  }
  PV <- lapply(basis, function(M) times(now$P, M))
  traces <- matrix(0, q, q)
  for (k in 1:q) {
    turned <- t(PV[[k]])
    for (j in k:q) traces[j, k] <- traces[k, j] <- sum(PV[[j]] * turned)
  }
  f <- vapply(Vj, function(V) drop(V %*% now$Py), numeric(N))
  observed <- crossprod(f, now$P %*% f) - 0.5 * traces
  B <- lapply(Vj, function(V) V %*% now$WX)
  Pj <- lapply(B, function(b) -crossprod(now$WX, b))
  c(now, list(theta = theta, W_expected = tryCatch(solve(0.5 * traces), error = function(e) NULL),
    W_observed = tryCatch(solve(observed), error = function(e) NULL), Pj = Pj, B = B))
}
# Estimate, standard error and degrees of freedom of a linear combination of the coefficients.
combination <- function(fit, l, df_by) {
  W <- if (df_by == "kenward_roger") fit$W_expected else fit$W_observed
  Phi <- fit$Phi
  v <- drop(l %*% Phi %*% l)
  g <- vapply(fit$Pj, function(P) drop(l %*% Phi %*% P %*% Phi %*% l), 0)
  df <- 2 * v^2 / drop(g %*% W %*% g)
  if (df_by == "kenward_roger") v <- drop(l %*% fit$Phi_adjusted %*% l)
  c(estimate = sum(l * fit$beta), se = sqrt(v), df = df)
}
adjusted <- function(fit) {
  q <- length(fit$Pj)
  total <- matrix(0, ncol(fit$Phi), ncol(fit$Phi))
  WB <- lapply(fit$B, function(b) fit$W %*% b)
  for (j in 1:q) for (k in 1:q) {
    Q <- crossprod(fit$B[[j]], WB[[k]])
    total <- total + fit$W_expected[j, k] * (Q - fit$Pj[[j]] %*% fit$Phi %*% fit$Pj[[k]])
  }
  fit$Phi + 2 * fit$Phi %*% total %*% fit$Phi
}

# The model of late follow-up begins with the last visit after a cycle; its visits are those that the report asks for.
LATE <- unique(sub("^labs\\.[^.]+\\.late\\.([^.]+)\\.[^.]+\\.mean$", "\\1", grep("^labs\\.[^.]+\\.late\\.[^.]+\\.[^.]+\\.mean$", results$analysis_id, value = TRUE)))
model_of_visits <- function(block, analyte, asked) {
  x <- OF_VISIT[is(OF_VISIT$PARAMCD, analyte) & OF_VISIT$AVISIT %in% asked & !is.na(OF_VISIT$CHG) & !is.na(OF_VISIT$BASE), ]
  # Which matrix was fitted, the planned one or the one that stands in, is in the results.
  fitted <- results$variable_level[match(paste0(block, ".n"), results$analysis_id)]
  if (plan("repeated_baseline") == "by_visit") {
    # No slope can be fitted at a visit at which the baselines of no arm differ: it takes no part.
    sloped <- vapply(split(x, x$AVISIT), function(at) any(tapply(at$BASE, at$ARM, function(b) length(unique(b)) > 1)), NA)
    x <- x[x$AVISIT %in% names(sloped)[sloped], ]
  }
  patients <- x[!duplicated(x$USUBJID), ]
  if (!(fitted %in% c("unstructured", "compound_symmetry", "compound symmetry"))) return(invisible())
  keep(block, n = nrow(patients), values = nrow(x), base_at = if (nrow(x)) mean(x$BASE) else NA)
  visits <- asked[asked %in% x$AVISIT]
  cells <- table(factor(x$AVISIT, asked), factor(x$ARM, ARMS))
  # An arm of one patient takes part in the model, but has no mean of its own.
  few <- vapply(ARMS, function(arm) length(unique(x$USUBJID[is(x$ARM, arm)])), 0)
  for (visit in asked) for (arm in ARMS) if (few[[arm]] != 1) {
    keep(paste(block, visit, arm, sep = "."), n = if (nrow(x) && cells[visit, arm] > 0) cells[visit, arm] else NA)
  }
  if (nrow(x) == 0) return(invisible())
  cell <- factor(paste(x$AVISIT, x$ARM))
  base <- x$BASE - mean(x$BASE)
  X <- outer(as.integer(cell), seq_along(levels(cell)), `==`) * 1
  colnames(X) <- levels(cell)
  slopes <- if (plan("repeated_baseline") == "common") cbind(base) else outer(x$AVISIT, visits, `==`) * base
  slopes <- slopes[, colSums(slopes != 0) > 0, drop = FALSE]
  X <- cbind(X, slopes)
  fit <- tryCatch(reml(x$CHG, X, x$USUBJID, match(x$AVISIT, visits), length(visits), fitted != "unstructured"), error = function(e) NULL)
  if (is.null(fit) || is.null(fit$W_expected) || is.null(fit$W_observed)) return(invisible())
  fit$Phi_adjusted <- adjusted(fit)
  df_by <- plan("repeated_df")
  for (visit in visits) {
    for (arm in ARMS) {
      if (cells[visit, arm] == 0 || few[[arm]] < 2) next
      l <- (colnames(X) == paste(visit, arm)) * 1
      at <- combination(fit, l, df_by)
      reach <- qt((1 + CONFIDENCE) / 2, at[["df"]]) * at[["se"]]
      keep(paste(block, visit, arm, sep = "."), mean = at[["estimate"]], se = at[["se"]], df = at[["df"]],
        ci_low = at[["estimate"]] - reach, ci_high = at[["estimate"]] + reach)
      if (arm == CONTROL || cells[visit, CONTROL] == 0 || few[[CONTROL]] < 2) next
      l <- l - (colnames(X) == paste(visit, CONTROL)) * 1
      at <- combination(fit, l, df_by)
      reach <- qt((1 + CONFIDENCE) / 2, at[["df"]]) * at[["se"]]
      p <- 2 * pt(-abs(at[["estimate"]] / at[["se"]]), at[["df"]])
      keep(paste(block, visit, arm, "difference", sep = "."), difference = at[["estimate"]], se = at[["se"]], df = at[["df"]],
        ci_low = at[["estimate"]] - reach, ci_high = at[["estimate"]] + reach, p = if (min(few[c(arm, CONTROL)]) < MIN_GROUP) NA else p)
    }
  }
}
for (analyte in ANALYTES) {
  model_of_visits(paste0("labs.", analyte, ".model"), analyte, VISITS)
  if (length(LATE)) model_of_visits(paste0("labs.", analyte, ".late"), analyte, LATE)
}

# ---------------------------------------------------------------------------------------------------------------
# Dose and effect: correlations
# ---------------------------------------------------------------------------------------------------------------

# Limits of Spearman's coefficient after Bonett and Wright (2000), of Pearson's by Fisher's z.
limits_of_correlation <- function(r, n, spearman) {
  if (n < 4) return(c(NA, NA))
  se <- sqrt((if (spearman) 1 + r^2 / 2 else 1) / (n - 3))
  tanh(atanh(r) + c(-1, 1) * qnorm((1 + CONFIDENCE) / 2) * se)
}
ranked <- function(x) rank(at_precision(x))
# Share of all pairings of ranks in perfect order with a coefficient as far from 0: t is infinite there, and p would be 0.
perfect_p <- function(a) {
  same <- exp(sum(lfactorial(table(a))) - lfactorial(length(a)))
  both_ways <- all(sort(a) == sort(length(a) + 1 - a))
  if (both_ways) min(1, 2 * same) else same
}
correlated <- function(block, x, y) {
  n <- length(x)
  varied <- n >= max(MIN_GROUP, 3) && !constant(x) && !constant(y)
  for (kind in c("spearman", "pearson")) {
    r <- p <- NA
    limits <- c(NA, NA)
    if (varied) {
      a <- if (kind == "spearman") ranked(x) else x
      b <- if (kind == "spearman") ranked(y) else y
      test <- cor.test(a, b)
      r <- test$estimate
      p <- test$p.value
      limits <- limits_of_correlation(r, n, kind == "spearman")
      if (abs(r) > 1 - 1e-12) {
        limits <- c(NA, NA)
        if (kind == "spearman") p <- perfect_p(a) else r <- p <- NA
      }
    }
    keep_all(paste(block, kind, sep = "."), setNames(c(r, p, limits), c(if (kind == "spearman") "rho" else "r", "p", "ci_low", "ci_high")))
  }
}
for (organ in ORGANS) {
  dose <- COMPLETE[is(COMPLETE$PARAMCD, code_of_dose(organ, "TOT")), ]
  for (analyte in ANALYTES) {
    if (setting("analyte", analyte, "category") != c(MARROW = "HEMATOLOGY", KIDNEY = "RENAL")[[organ]]) next
    worst <- NADIR[is(NADIR$PARAMCD, analyte) & !is.na(NADIR$CHG), ]
    both <- match(worst$USUBJID, dose$USUBJID)
    x <- dose$AVAL[both[!is.na(both)]]
    y <- worst$CHG[!is.na(both)]
    arm <- worst$ARM[!is.na(both)]
    block <- paste("dose_effect", tolower(organ), analyte, sep = ".")
    keep(block, n = length(x))
    for (one in ARMS) keep(paste(block, "arm", one, sep = "."), n = sum(is(arm, one)))
    correlated(block, x, y)
    # Adjusted for arm: the correlation of what the arms leave of the ranks, with n - 2 - (arms - 1) degrees of freedom.
    r <- p <- NA
    covariates <- length(unique(arm)) - 1
    if (covariates > 0 && length(x) - 2 - covariates >= 1 && !constant(x) && !constant(y)) {
      rest <- function(v) residuals(lm(ranked(v) ~ factor(arm)))
      r <- cor(rest(x), rest(y))
      df <- length(x) - 2 - covariates
      p <- 2 * pt(-abs(r * sqrt(df / (1 - r^2))), df)
    }
    keep(paste0(block, ".partial"), rho = r, p = p)
  }
}
for (arm in MODIFIED) {
  isotope <- setting("arm", arm, "modified_isotope")
  dose <- COMPLETE[is(COMPLETE$PARAMCD, "KIDTOT") & is(COMPLETE$ARM, arm), ]
  change <- ADEX[is(ADEX$AVISIT, "MODIFICATION") & is(ADEX$ISOTOPE, isotope) & !is.na(ADEX$CHG), ]
  both <- match(dose$USUBJID, change$USUBJID)
  keep(paste0("dose_effect.modification.", arm), n = sum(!is.na(both)))
  correlated(paste0("dose_effect.modification.", arm), change$CHG[both[!is.na(both)]], dose$AVAL[!is.na(both)])
}

# ---------------------------------------------------------------------------------------------------------------
# Derived grades of laboratory values
# ---------------------------------------------------------------------------------------------------------------

# Certainly of grade 3 or higher, of those of whom it is decided; the truth lies between the bounds.
severe_grades <- function(name, lo, hi) {
  severe <- sum(lo >= 3)
  open <- sum(lo < 3 & hi >= 3)
  rated(name, severe, length(lo) - open)
  keep(name, n_unknown = open, bound_low = percent(severe, length(lo)), bound_high = percent(severe + open, length(lo)))
}
ON <- LABS[yes(LABS$ONTRTFL) & is.na(LABS$DTYPE) & !is.na(LABS$ATOXGRMN) & !is.na(LABS$ATOXGRMX), ]
counts <- ANALYTES[vapply(ANALYTES, function(analyte) setting("analyte", analyte, "category") == "HEMATOLOGY", NA)]
for (which in c("haematological", "haematological_without_lymphocytes")) {
  x <- ON[ON$PARAMCD %in% (if (which == "haematological") counts else setdiff(counts, LYMPHOCYTES)), ]
  low <- tapply(x$ATOXGRMN, x$USUBJID, max)
  high <- tapply(x$ATOXGRMX, x$USUBJID, max)
  for (group in GROUPS) {
    has <- intersect(within(SAFETY, group)$USUBJID, names(low))
    severe_grades(paste("toxicity.any", which, "grade_ge3", group, sep = "."), as.numeric(low[has]), as.numeric(high[has]))
  }
}
for (analyte in ANALYTES) {
  x <- ON[is(ON$PARAMCD, analyte), ]
  low <- tapply(x$ATOXGRMN, x$USUBJID, max)
  high <- tapply(x$ATOXGRMX, x$USUBJID, max)
  for (group in GROUPS) {
    patients <- within(SAFETY, group)$USUBJID
    lo <- as.numeric(low[patients])
    hi <- as.numeric(high[patients])
    has <- !is.na(lo)
    n <- sum(has)
    sure <- has & lo == hi
    block <- paste("toxicity", analyte, "", sep = ".")
    keep_row(paste0(block, "seen.", group), n)
    undecided <- sum(has & lo != hi)
    for (grade in 0:4) {
      name <- paste0(block, "grade", grade, ".", group)
      rated(name, sum(sure & lo == grade), n)
      if (undecided > 0) keep(name, ci_low = NA, ci_high = NA)
    }
    rated(paste0(block, "undecided.", group), undecided, n)
    for (range in setting("analyte", analyte, "undecided")) {
      ends <- number(strsplit(range, "_")[[1]])
      keep(paste0(block, "undecided.", range, ".", group), n = sum(has & lo == ends[1] & hi == ends[2]))
    }
    severe_grades(paste0(block, "grade_ge3.", group), lo[has], hi[has])
    # Grade at baseline to the worst on treatment, and to that of the last value, in the direction of the usual harm and,
    # where there is a term for it, of high values.
    for (direction in c("adverse", "increase")) {
      least <- if (direction == "adverse") "ATOXGRMN" else "ATOXHMN"
      most <- if (direction == "adverse") "ATOXGRMX" else "ATOXHMX"
      if (!(least %in% names(ADLB))) next
      graded <- LABS[is(LABS$PARAMCD, analyte) & is.na(LABS$DTYPE) & !is.na(LABS[[least]]) & !is.na(LABS[[most]]), ]
      was <- graded[yes(graded$ABLFL), ]
      was <- was[match(patients, was$USUBJID), ]
      since <- graded[yes(graded$ONTRTFL), ]
      later <- graded[is(day(graded$ADT) > day(of_patient(graded, "TRTSDT")), TRUE), ]
      later <- later[order(later$ADT, method = "radix"), ]
      later <- later[!duplicated(later$USUBJID, fromLast = TRUE), ]
      later <- later[match(patients, later$USUBJID), ]
      highest <- function(column) as.numeric(tapply(since[[column]], factor(since$USUBJID, patients), max)[patients])
      ends <- list(worst = list(highest(least), highest(most)), last = list(later[[least]], later[[most]]))
      one_grade <- function(low, high) ifelse(is.na(low), "missing", ifelse(low == high, low, "undecided"))
      levels <- c(0:4, "undecided", "missing")
      from <- factor(one_grade(was[[least]], was[[most]]), levels)
      for (end in names(ends)) {
        to <- factor(one_grade(ends[[end]][[1]], ends[[end]][[2]]), levels)
        shift <- table(from, to)
        both <- sum(shift[1:5, 1:5])
        for (i in levels) for (j in levels) {
          name <- paste0(block, "shift.", direction, ".", end, ".", i, ".", j, ".", group)
          if (!exists_row(paste0(name, ".n"))) next
          keep(name, n = shift[i, j])
          if (i %in% 0:4 && j %in% 0:4) keep(name, pct = percent(shift[i, j], both))
        }
        name <- paste0(block, "worsened.", direction, ".", end, ".", group)
        if (exists_row(paste0(name, ".n"))) rated(name, sum(shift[1:5, 1:5][upper.tri(shift[1:5, 1:5])]), both)
      }
    }
  }
}

# ---------------------------------------------------------------------------------------------------------------
# Adverse events (Table 5), rates, events of interest
# ---------------------------------------------------------------------------------------------------------------

EVENTS <- ADAE[ADAE$SAFE, ]
EVENTS$GRADE <- number(EVENTS$AETOXGR)
EMERGENT <- EVENTS[yes(EVENTS$TRTEMFL), ]
BLOOD <- c("ANEMIA", "THROMBOCYTOPENIA", "LEUKOPENIA_NEUTROPENIA")
severe_of <- function(events) events[!is.na(events$GRADE) & events$GRADE >= 3, ]

# At risk from the first administration to the end of reporting, or to the last day known alive if that is earlier.
last_day <- function(patients) pmin(day(patients$AERPTEDT), day(patients$DTHDT), day(patients$LSTALVDT), day(patients$DCUTDT), na.rm = TRUE)
YEARS <- setNames(as.numeric(last_day(SAFETY) - day(SAFETY$TRTSDT) + 1) / 365.25, SAFETY$USUBJID)

for (group in GROUPS) {
  patients <- within(SAFETY, group)
  keep(paste0("ae.patients.", group), n = nrow(patients))
  keep(paste0("ae.time.", group), n = nrow(patients), years = sum(YEARS[patients$USUBJID]))
}
for (category in c("total", codes_of("ae_category"))) {
  name <- tolower(category)
  of_category <- if (category == "total") EMERGENT else EMERGENT[is(EMERGENT$AECAT, category), ]
  for (severity in c("any", "grade_ge3")) {
    events <- if (severity == "any") of_category else severe_of(of_category)
    counted(paste("table5", name, severity, sep = "."), nrow(events), nrow(EMERGENT))
    tally <- list()
    for (group in GROUPS) {
      patients <- within(SAFETY, group)
      here <- within(events, group)
      n <- nrow(patients)
      affected <- length(unique(here$USUBJID))
      rated(paste("table5", name, severity, "patients", group, sep = "."), affected, n)
      ungraded <- severity != "any" && any(is.na(within(of_category, group)$GRADE))
      if (severity != "any") {
        unsure <- within(of_category, group)
        unsure <- setdiff(unsure$USUBJID[is.na(unsure$GRADE)], here$USUBJID)
        keep(paste("ae.ungraded", name, group, sep = "."), n = length(unsure), bound_low = percent(affected, n),
          bound_high = percent(affected + length(unsure), n))
      }
      # A rate counts every event; where some have no grade, that of severe ones is a lower bound without limits.
      years <- sum(YEARS[patients$USUBJID])
      block <- paste("ae.rate", name, severity, group, sep = ".")
      limits <- c(NA, NA)
      if (n > 0 && years > 0 && !ungraded) limits <- poisson.test(nrow(here), years, conf.level = CONFIDENCE)$conf.int
      keep(block, events = nrow(here), rate = if (n > 0 && years > 0) nrow(here) / years else NA, ci_low = limits[1], ci_high = limits[2])
      tally[[group]] <- list(events = nrow(here), years = years, affected = affected, n = n, ungraded = ungraded)
    }
    control <- tally[[CONTROL]]
    for (arm in EXPERIMENTAL) {
      one <- tally[[arm]]
      ratio <- rep(NA_real_, 4)
      if (one$n > 0 && control$n > 0 && one$events + control$events > 0 && !one$ungraded && !control$ungraded) {
        test <- poisson.test(c(one$events, control$events), c(one$years, control$years), conf.level = CONFIDENCE)
        ratio <- c(test$estimate, test$conf.int, test$p.value)
        ratio[!is.finite(ratio)] <- NA
        if (min(one$n, control$n) < MIN_GROUP) ratio[4] <- NA
      }
      keep_all(paste("ae.rate", name, severity, arm, "ratio", sep = "."), setNames(ratio, c("ratio", "ci_low", "ci_high", "p")))
      difference <- if (one$ungraded || control$ungraded) c(NA, NA, NA) else newcombe(one$affected, one$n, control$affected, control$n)
      keep_all(paste("ae.difference", name, severity, arm, sep = "."), setNames(difference, c("difference", "ci_low", "ci_high")))
    }
  }
}
for (group in GROUPS) {
  patients <- within(SAFETY, group)$USUBJID
  worst <- tapply(EMERGENT$GRADE, factor(EMERGENT$USUBJID, patients), function(x) if (all(is.na(x))) NA else max(x, na.rm = TRUE))
  open <- patients %in% EMERGENT$USUBJID[is.na(EMERGENT$GRADE)] & !is(worst[patients], 5)
  graded <- ifelse(patients %in% EMERGENT$USUBJID, as.numeric(worst[patients]), 0)
  for (grade in 0:5) {
    block <- paste("ae.worst_grade", grade, group, sep = ".")
    rated(block, sum(!open & is(graded, grade)), length(patients))
    # The undecided may have this grade too, so that there are no limits.
    if (grade > 0 && any(open & (is.na(graded) | graded <= grade))) keep(block, ci_low = NA, ci_high = NA)
  }
  rated(paste("ae.worst_grade.unknown", group, sep = "."), sum(open), length(patients))
}
severe <- severe_of(EMERGENT)
counted("ae.severe_discontinued", sum(is(severe$AEACN, "DISCONTINUED")), nrow(severe))
stopped <- SAFETY$USUBJID[is(SAFETY$EOTSTT, "DISCONTINUED")]
cause <- EMERGENT$USUBJID[is(EMERGENT$AEACN, "DISCONTINUED") & EMERGENT$AECAT %in% BLOOD]
rated("ae.haematological_discontinued", sum(stopped %in% cause), length(stopped))
counted("ae.serious", sum(yes(EMERGENT$AESER)), nrow(EMERGENT))
rated("ae.patients_with_event", length(unique(EMERGENT$USUBJID)), nrow(SAFETY))
both_counts <- function(block, events) keep(block, n = nrow(events), patients = length(unique(events$USUBJID)))
both_counts("ae.without.grade", EMERGENT[is.na(EMERGENT$GRADE), ])
both_counts("ae.without.date", EMERGENT[is.na(EMERGENT$ASTDT), ])
start <- day(of_patient(EVENTS, "TRTSDT"))
end <- day(of_patient(EVENTS, "AERPTEDT"))
before <- EVENTS[is(day(EVENTS$ASTDT) < start, TRUE), ]
after <- EVENTS[is(day(EVENTS$ASTDT) > end, TRUE) & !yes(EVENTS$TRTEMFL) & is(day(EVENTS$ASTDT) >= start, TRUE), ]
both_counts("ae.outside.before.any", before)
both_counts("ae.outside.before.grade_ge3", severe_of(before))
both_counts("ae.outside.after.any", after)
both_counts("ae.outside.after.grade_ge3", severe_of(after))

# Late or lasting harm is counted without an end, from the first administration on.
since <- EVENTS[yes(EVENTS$TRTEMFL) | is(day(EVENTS$ASTDT) >= start, TRUE), ]
lasting <- since$AEOUT %in% c("NOT_RECOVERED", "FATAL")
reported <- function(pattern) grepl(pattern, since$AEDECOD, ignore.case = TRUE, perl = TRUE)
interest <- list(
  mds = reported("myelodysplas|\\bMDS\\b"),
  renal_failure = is(since$AECAT, "RENAL_IMPAIRMENT") & is(since$GRADE >= 4, TRUE) & lasting,
  renal_replacement = reported("dialysis|renal replacement|kidney transplant|ha?emofiltration"),
  persistent_severe_haematological = since$AECAT %in% BLOOD & is(since$GRADE >= 3, TRUE) & lasting
)
for (name in names(interest)) {
  for (group in GROUPS) {
    patients <- within(SAFETY, group)$USUBJID
    block <- paste0("ae.interest.", name, if (group == "all") "" else paste0(".", group))
    rated(block, sum(patients %in% since$USUBJID[interest[[name]]]), length(patients))
  }
}

# ---------------------------------------------------------------------------------------------------------------
# Adverse events by class and term: patients and events, worst grade, duration and outcome, rates, differences
# ---------------------------------------------------------------------------------------------------------------

# Texts that differ in spaces or capitals alone are one, written as most of them are; of as frequent ones the first.
one_spelling <- function(texts, missing) {
  written <- gsub("^ | $", "", gsub("[[:space:]]+", " ", ifelse(is.na(texts), "", texts)))
  times <- sort(table(written))
  for (key in unique(tolower(written))) {
    here <- times[tolower(names(times)) == key]
    most <- names(here)[here == max(here)]
    written[tolower(written) == key] <- most[order(most, method = "radix")][1]
  }
  ifelse(written == "", missing, written)
}

if (any(startsWith(results$analysis_id, "ae.terms."))) {
  categories <- codes_of("ae_category")
  words <- vapply(categories, function(code) c(setting("ae_category", code, "label"), code)[1], "")
  of_category <- ifelse(EVENTS$AECAT %in% categories, words[EVENTS$AECAT], EVENTS$AECAT)
  EVENTS$CLASS <- one_spelling(if (all(is.na(EVENTS$AESOC))) of_category else EVENTS$AESOC, "No class recorded")
  EVENTS$WORD <- one_spelling(EVENTS$AEDECOD, "No term recorded")
  EVENTS$INITIAL <- number(EVENTS$AETOXGRI)
  on <- is(EVENTS$APHASE, "TREATMENT")
  off <- is(EVENTS$APHASE, "FOLLOW-UP")
  serious <- yes(EVENTS$AESER)
  sizes <- vapply(GROUPS, function(group) nrow(within(SAFETY, group)), 0)
  patients_of <- function(events) length(unique(events$USUBJID))
  frequent <- function(events, by) {
    keys <- interaction(events[by], drop = TRUE)
    kept <- vapply(levels(keys), function(key) {
      any(vapply(ARMS, function(arm) 100 * patients_of(within(events[keys == key, ], arm)) >= plan_number("ae_term_percent") * sizes[[arm]], NA))
    }, NA)
    events[as.character(keys) %in% levels(keys)[kept], ]
  }
  kinds <- list(
    any = EVENTS[on, ], related = EVENTS[on & yes(EVENTS$AEREL), ], serious = EVENTS[on & serious, ],
    severe = EVENTS[on & is(EVENTS$GRADE >= 3, TRUE), ], follow_up = EVENTS[off, ],
    registry_serious = EVENTS[(on | off) & serious, ],
    registry_other = frequent(EVENTS[on & !serious, ], c("CLASS", "WORD"))
  )
  in_groups <- function(block, events) for (group in GROUPS) {
    here <- within(events, group)
    counted(paste(block, "by", group, sep = "."), patients_of(here), sizes[[group]])
    keep(paste(block, "by", group, sep = "."), events = nrow(here))
  }
  # Patients at risk from the first administration to the end of reporting, or from the day after it on.
  last <- day(ADTTE$ADT[is(ADTTE$PARAMCD, "OS")])[match(SAFETY$USUBJID, ADTTE$USUBJID[is(ADTTE$PARAMCD, "OS")])]
  if (!any(is(ADTTE$PARAMCD, "OS"))) last <- day(SAFETY$DCUTDT)  # an open session: no death ends the time at risk
  first <- day(SAFETY$TRTSDT)
  ends <- day(SAFETY$AERPTEDT)
  after <- is(ends + 1 <= last, TRUE)
  risks <- list(
    any = data.frame(start = first, end = pmax(pmin(ends, last, na.rm = TRUE), first)),
    follow_up = data.frame(start = ifelse(after, ends + 1, NA), end = ifelse(after, last, NA))
  )
  rates <- function(block, events, risk) {
    onset <- vapply(SAFETY$USUBJID, function(who) {
      dates <- day(events$ASTDT[events$USUBJID == who])
      if (all(is.na(dates))) NA else as.numeric(min(dates, na.rm = TRUE))
    }, 0)
    start <- as.numeric(risk$start)
    end <- as.numeric(risk$end)
    days <- pmax(ifelse(is.na(onset) | is(onset > end, TRUE), end, onset) - start + 1, 0)
    days[is.na(days)] <- 0
    for (group in GROUPS) {
      members <- SAFETY$USUBJID %in% within(SAFETY, group)$USUBJID
      n <- sum(SAFETY$USUBJID[members] %in% events$USUBJID)
      years <- sum(days[members]) / 365.25
      limits <- if (years > 0) poisson.test(n, years, conf.level = CONFIDENCE)$conf.int else c(NA, NA)
      keep(paste(block, group, sep = "."), n = n, years = years, rate = if (years > 0) 100 * n / years else NA,
        ci_low = 100 * limits[1], ci_high = 100 * limits[2])
    }
  }
  outcomes <- c("recovered", "sequelae", "recovering", "not_recovered", "fatal")
  outcome <- function(block, events) {
    days <- number(events$ADURN)
    days <- days[!is.na(days)]
    none <- length(days) == 0
    keep(block, events = nrow(events), n = length(days), no_end = sum(is.na(events$AENDT)), median = quartile(days, 0.5),
      q1 = quartile(days, 0.25), q3 = quartile(days, 0.75), min = if (none) NA else min(days), max = if (none) NA else max(days))
    seen <- vapply(outcomes, function(name) sum(is(tolower(events$AEOUT), name)), 0)
    twice <- !is.na(events$GRADE) & !is.na(events$INITIAL)
    keep_all(block, c(seen, unknown = nrow(events) - sum(seen), graded_twice = sum(twice),
      worsened = sum(twice & events$GRADE > events$INITIAL)))
  }
  graded <- function(block, events) {
    who <- unique(events$USUBJID)
    worst <- vapply(who, function(one) {
      own <- events$GRADE[events$USUBJID == one]
      if (is(max(c(own, 0), na.rm = TRUE) == 5, TRUE)) "5" else if (anyNA(own)) "unknown" else as.character(max(own))
    }, "")
    for (grade in c(1:5, "unknown")) for (group in GROUPS) {
      keep(paste(block, "worst", grade, group, sep = "."), n = sum(worst[who %in% within(SAFETY, group)$USUBJID] == grade))
    }
    outcome(paste0(block, ".outcome"), events)
  }
  by_patients <- function(events, column) {
    levels <- unique(events[[column]])
    n <- vapply(levels, function(level) patients_of(events[events[[column]] == level, ]), 0)
    levels[order(-n, tolower(levels), levels, method = "radix")]
  }

  keep("ae.coding.coded", n = sum(yes(EVENTS$AECODFL)))
  keep("ae.coding.classed", n = sum(!is.na(EVENTS$AESOC)))
  keep("ae.coding.dictionaries", n = length(unique(EVENTS$AEDICTV[!is.na(EVENTS$AEDICTV)])))
  worsened <- EVENTS[is(EVENTS$APHASE, "BEFORE TREATMENT") & is(EVENTS$GRADE > EVENTS$INITIAL, TRUE), ]
  both_counts("ae.outside.worsened", worsened)
  for (kind in names(kinds)) {
    events <- kinds[[kind]]
    whole <- paste0("ae.terms.", kind)
    in_groups(whole, events)
    if (kind %in% names(risks)) rates(paste0(whole, ".rate"), events, risks[[kind]])
    for (class in by_patients(events, "CLASS")) {
      block <- paste(whole, by_id(class), sep = ".")
      own <- events[events$CLASS == class, ]
      terms <- by_patients(own, "WORD")
      keep(block, terms = length(terms))
      in_groups(block, own)
      if (kind == "any") graded(block, own)
      if (kind %in% names(risks)) rates(paste0(block, ".rate"), own, risks[[kind]])
      for (term in terms) {
        line <- paste(block, "term", by_id(term), sep = ".")
        here <- own[own$WORD == term, ]
        keep(line, place = match(term, terms))
        in_groups(line, here)
        if (kind == "any") graded(line, here)
        if (kind %in% names(risks)) rates(paste0(line, ".rate"), here, risks[[kind]])
      }
    }
  }
  for (group in GROUPS) outcome(paste0("ae.outcome.", group), within(kinds$any, group))
  compared <- by_patients(frequent(kinds$any, "WORD"), "WORD")
  for (term in compared) {
    block <- paste0("ae.compared.", by_id(term))
    here <- kinds$any[kinds$any$WORD == term, ]
    keep(block, rank = match(term, compared))
    affected <- vapply(GROUPS, function(group) patients_of(within(here, group)), 0)
    for (group in GROUPS) counted(paste(block, "by", group, sep = "."), affected[[group]], sizes[[group]])
    for (arm in EXPERIMENTAL) {
      keep_all(paste(block, "minus", arm, sep = "."),
        setNames(newcombe(affected[[arm]], sizes[[arm]], affected[[CONTROL]], sizes[[CONTROL]]), c("difference", "ci_low", "ci_high")))
    }
  }

  # The overview: an answer that is missing may be yes, so that a percentage without it is a lower bound without limits.
  answer <- function(x) ifelse(is.na(x), NA, x == "Y")
  product <- function(column, isotope) {
    having <- ARMS[vapply(ARMS, function(arm) isotope %in% setting("arm", arm, "isotope"), NA)]
    x <- answer(EVENTS[[column]])
    ifelse(is.na(x) & !(EVENTS$ARM %in% having), FALSE, x)
  }
  action <- ifelse(is(EVENTS$AEACN, "UNKNOWN"), NA, EVENTS$AEACN)
  bad <- EVENTS$GRADE >= 3
  lines <- list(
    any = rep(TRUE, nrow(EVENTS)), related = answer(EVENTS$AEREL), related_lu177 = product("AERELLU", "LU177"),
    related_y90 = product("AERELY90", "Y90"), severe = bad, severe_related = bad & answer(EVENTS$AEREL),
    serious = answer(EVENTS$AESER), serious_related = answer(EVENTS$AESER) & answer(EVENTS$AEREL),
    delayed = action == "DELAYED", reduced = action == "REDUCED", discontinued = action == "DISCONTINUED",
    fatal = EVENTS$AEOUT == "FATAL" | EVENTS$GRADE == 5
  )
  if (all(is.na(ADAE$AERELLU))) lines$related_lu177 <- NULL
  if (all(is.na(ADAE$AERELY90))) lines$related_y90 <- NULL
  for (line in names(lines)) for (phase in c("treatment", "follow_up")) for (group in GROUPS) {
    members <- within(SAFETY, group)$USUBJID
    inside <- EVENTS$USUBJID %in% members & (if (phase == "treatment") on else off)
    cases <- unique(EVENTS$USUBJID[inside & lines[[line]] %in% TRUE])
    unsure <- setdiff(EVENTS$USUBJID[inside & is.na(lines[[line]])], cases)
    block <- paste("ae.overview", line, phase, group, sep = ".")
    rated(block, length(cases), length(members))
    keep(block, events = sum(inside & lines[[line]] %in% TRUE))
    if (length(unsure)) keep(block, ci_low = NA, ci_high = NA)
  }
  for (group in GROUPS) rated(paste0("ae.deaths.", group), sum(!is.na(within(SAFETY, group)$DTHDT)), nrow(within(SAFETY, group)))
}

# ---------------------------------------------------------------------------------------------------------------
# Monitoring of severe events: a beta distribution for the rate, and a rule that signals
# ---------------------------------------------------------------------------------------------------------------

BOUND <- plan_number("toxicity_bound")
THRESHOLD <- plan_number("toxicity_threshold")
prior <- c(plan_number("toxicity_prior_events"), plan_number("toxicity_prior_others"))
exceeds <- function(events, n) pbeta(BOUND, prior[1] + events, prior[2] + n - events, lower.tail = FALSE)
planned <- max(number(vapply(ARMS, function(arm) setting("arm", arm, "planned"), "")))
most <- max(planned, vapply(ARMS, function(arm) sum(SAFETY$ARM == arm), 0))
# Fewest events that signal after n patients; none before MIN_GROUP patients, and none where even n of n do not.
fewest <- function(n) {
  if (n < MIN_GROUP) return(NA)
  signals <- which(exceeds(0:n, n) >= THRESHOLD)
  if (length(signals)) signals[1] - 1 else NA
}
for (n in seq_len(most)) keep(paste0("monitoring.boundary.step.", n), patients = n, events = fewest(n))
severe_patients <- unique(severe$USUBJID)
for (arm in ARMS) {
  patients <- within(SAFETY, arm)
  patients <- patients[order(patients$TRTSDT, patients$USUBJID, method = "radix"), ]
  had <- patients$USUBJID %in% severe_patients
  n <- nrow(patients)
  block <- paste0("monitoring.toxicity.", arm)
  rated(block, sum(had), n)
  tail <- (1 - CONFIDENCE) / 2
  shape <- c(prior[1] + sum(had), prior[2] + sum(!had))
  if (n > 0) keep(block, mean = 100 * shape[1] / sum(shape), low = 100 * qbeta(tail, shape[1], shape[2]),
    high = 100 * qbeta(1 - tail, shape[1], shape[2]), exceeds = exceeds(sum(had), n))
  signal <- NA
  for (k in seq_len(n)) {
    events <- sum(had[seq_len(k)])
    keep(paste0(block, ".path.", k), patients = k, events = events)
    if (is.na(signal) && is(events >= fewest(k), TRUE)) signal <- k
  }
  keep(block, signal_at = signal)
}
for (rate in plan_number("toxicity_rates")) {
  going <- 1  # probability of 0, 1, ... events without a signal so far
  stopped_at <- numeric(planned)
  for (k in seq_len(planned)) {
    going <- c(going * (1 - rate), 0) + c(0, going * rate)
    least <- fewest(k)
    if (!is.na(least)) {
      signalled <- seq_along(going) - 1 >= least
      stopped_at[k] <- sum(going[signalled])
      going[signalled] <- 0
    }
  }
  keep(paste0("monitoring.rule.", format(100 * rate, digits = 6)), signals = sum(stopped_at),
    patients = sum(stopped_at * seq_len(planned)) + sum(going) * planned)
}

# ---------------------------------------------------------------------------------------------------------------
# Data quality, and the audit of the publication
# ---------------------------------------------------------------------------------------------------------------

findings <- read_table("findings.csv")
for (severity in c("error", "warning", "note")) keep(paste0("quality.findings.", severity), n = sum(is(findings$severity, severity)))
for (rule in unique(findings$rule)) keep(paste0("quality.rule.", rule), n = sum(is(findings$rule, rule)))
for (site in c(NA, sort(unique(findings$site)))) {
  own <- findings[if (is.na(site)) is.na(findings$site) else is(findings$site, site), ]
  block <- if (is.na(site)) "quality.no_site" else paste0("quality.site.", by_id(site))
  for (severity in c("error", "warning", "note")) keep_row(paste(block, severity, sep = "."), sum(is(own$severity, severity)))
  keep(block, patients = length(unique(own$subject[!is.na(own$subject)])))
}
set_aside <- read_table("set_aside.csv")
for (table in codes_of("table")) {
  records <- read_table(paste0("raw/", table, ".csv"), required = FALSE)
  if (is.null(records) || !any(startsWith(results$analysis_id, paste0("quality.records.", table, ".")))) next
  aside <- sum(is(set_aside$table, table))
  keep(paste0("quality.records.", table), read = nrow(records), used = nrow(records) - aside, set_aside = aside)
}
audit <- read_table("audit.csv", required = FALSE)
if (!is.null(audit)) {
  keep("audit", n = nrow(audit))
  for (kind in c("result", "design", "claim", "figure_alt", "earlier_report")) keep(paste0("audit.", kind), n = sum(is(audit$kind, kind)))
  for (verdict in c("reproduced", "differs", "impossible", "not regenerable")) {
    keep(paste0("audit.result.", gsub(" ", "_", verdict)), n = sum(is(audit$kind, "result") & is(audit$verdict, verdict)))
  }
  answers <- list(design = c("agrees", "not reproduced", "not checkable"), claim = c("true", "false", "not evaluable"))
  for (kind in names(answers)) for (answer in answers[[kind]]) {
    keep(paste("audit", kind, gsub(" ", "_", answer), sep = "."), n = sum(is(audit$kind, kind) & is(audit$answer, answer)))
  }
}

# ---------------------------------------------------------------------------------------------------------------
# Times to an event: curves
# ---------------------------------------------------------------------------------------------------------------

EFFICACY <- nrow(ADTTE) > 0 && (setting("report", "", "kind") == "final" || is(setting("report", "", "session")[1], "closed"))
WHOLE <- EFFICACY && setting("report", "", "kind") == "final"
Z <- qnorm((1 + CONFIDENCE) / 2)
TIME_GROUPS <- c(ARMS, paste(EXPERIMENTAL, collapse = ""), "all")
of_group <- function(data, group) {
  if (group == "all") data else if (group %in% ARMS) data[is(data$ARM, group), ] else data[data$ARM %in% EXPERIMENTAL, ]
}
times_of <- function(code) {
  x <- ADTTE[is(ADTTE$PARAMCD, code) & !is.na(ADTTE$AVAL), ]
  x$ARM <- x$TRT01P
  x$EVENT <- as.integer(is(x$CNSR, "0"))
  x$TREATED <- as.integer(x$ARM %in% EXPERIMENTAL)
  x
}
limits_type <- plan("curve_limits")
curve_of <- function(x, event) {
  survfit(Surv(x$AVAL, event) ~ 1, conf.type = limits_type, conf.int = CONFIDENCE)
}
# The median and its limits, by R. A limit of few patients may rise again; quantile then takes whichever of its values is
# nearest to 0.5, and summary and print the first time at which it is 0.5 or less, which is taken here.
median_of <- function(fit) {
  found <- lapply(quantile(fit, 0.5), unname)
  for (side in c("lower", "upper")) {
    line <- fit[[side]]
    known <- !is.na(line)
    if (any(diff(line[known]) > 1e-12)) found[[side]] <- c(fit$time[known & is(line <= 0.5, TRUE)], NA)[1]
  }
  found
}
# A point of a curve is named by the day it lies on; further points of one day have _2, _3 and so on.
days_of <- function(months) {
  days <- vapply(round(months * MONTH, 4), function(x) format(x, digits = 15, scientific = FALSE), "")
  seen <- ave(seq_along(days), days, FUN = seq_along)
  paste0(days, ifelse(seen == 1, "", paste0("_", seen)))
}

curve_rows <- function(block, x) {
  n <- nrow(x)
  events <- sum(x$EVENT)
  keep(block, n = n, events = events, censored = n - events)
  grid <- plan_number("grid_months")
  for (month in grid) {
    keep(paste(block, "grid", by_month(month), sep = "."), n_risk = sum(x$AVAL >= month),
      n_events = sum(x$EVENT[x$AVAL <= month]), n_censored = sum(1 - x$EVENT[x$AVAL <= month]))
  }
  if (n == 0) return(invisible())
  fit <- curve_of(x, x$EVENT)
  half <- median_of(fit)
  keep(block, median = half$quantile, median_ci_low = half$lower, median_ci_high = half$upper)
  # Limits are not defined where the curve is 0, and on these two scales where it is 1.
  inner <- fit$surv > 0 & fit$surv < 1
  undefined <- fit$surv == 0 | (fit$surv == 1 & limits_type %in% c("log-log", "logit"))
  fit$lower[undefined] <- NA
  fit$upper[undefined] <- NA
  last <- max(fit$time)
  for (month in plan_number("landmark_months")) {
    here <- paste(block, "rate", by_month(month), sep = ".")
    keep(here, n_risk = sum(x$AVAL >= month))
    place <- sum(fit$time <= month)
    if (month > last && fit$surv[length(fit$surv)] > 0) next
    value <- if (place) fit$surv[place] else 1
    limits <- if (place) c(fit$lower[place], fit$upper[place]) else c(NA, NA)
    # Without an event so far: exact limits of no event among the patients at risk. At 0: those of 0 of all.
    if (value == 1) limits <- 1 - rev(binom.test(0, max(1, sum(x$AVAL >= month)), conf.level = CONFIDENCE)$conf.int)
    if (value == 0) limits <- if (all(x$EVENT == 1)) binom.test(0, n, conf.level = CONFIDENCE)$conf.int else c(NA, NA)
    keep(here, survival = value, ci_low = limits[1], ci_high = limits[2])
  }
  corner <- fit$n.event > 0
  corner[length(corner)] <- TRUE  # the curve is drawn to the last observed time
  corners <- data.frame(time = c(0, fit$time[corner]), survival = c(1, fit$surv[corner]),
    ci_low = c(NA, fit$lower[corner]), ci_high = c(NA, fit$upper[corner]))
  keep(block, steps = nrow(corners))
  points(block, "step", corners)
  mark <- fit$n.censor > 0
  marks <- data.frame(time = fit$time[mark], survival = fit$surv[mark])
  keep(block, marks = nrow(marks))
  points(block, "mark", marks)
  turn <- fit$n.event > 0 & inner
  log_logs <- data.frame(time = fit$time[turn], value = log(-log(fit$surv[turn])))
  keep(block, log_logs = nrow(log_logs))
  points(block, "log_log", log_logs)
}
points <- function(block, kind, data) {
  if (!nrow(data)) return(invisible())
  names <- paste(block, kind, days_of(data$time), sep = ".")
  for (i in seq_len(nrow(data))) for (column in names(data)) keep_row(paste(names[i], column, sep = "."), data[[column]][i])
}

# ---------------------------------------------------------------------------------------------------------------
# Times to an event: comparisons
# ---------------------------------------------------------------------------------------------------------------

# A Cox model; NULL where the likelihood has no maximum, which R says by a warning.
cox_fit <- function(formula, data, ...) {
  trouble <- FALSE
  fit <- tryCatch(withCallingHandlers(
    coxph(formula, data = data, ties = "efron", x = TRUE, control = coxph.control(eps = 1e-13, iter.max = 200, toler.inf = 3e-5), ...),
    warning = function(w) {
      if (grepl("infinite|converge|Ran out|iterations", conditionMessage(w))) trouble <<- TRUE
      invokeRestart("muffleWarning")
    }), error = function(e) NULL)
  if (is.null(fit) || trouble || any(is.na(coef(fit)))) return(NULL)
  # Where the values at risk differ by rounding alone, no failure says anything, and R's error is beyond all bounds.
  spread <- apply(fit$x, 2, sd)
  if (any(sqrt(diag(vcov(fit))) * spread > 1e6)) NULL else fit
}
wald <- function(fit, which = 1) {
  if (is.null(fit)) return(c(hr = NA, ci_low = NA, ci_high = NA, p = NA, coef = NA, se = NA))
  b <- unname(coef(fit)[which])
  se <- sqrt(vcov(fit)[which, which])
  c(hr = exp(b), ci_low = exp(b - Z * se), ci_high = exp(b + Z * se), p = 2 * pnorm(-abs(b / se)), coef = b, se = se)
}
RATIO <- c("hr", "ci_low", "ci_high", "p")

# Firth's penalty for one covariate: the partial likelihood plus half the logarithm of the information, both of
# which coxph gives at any value of the coefficient; limits and p-value by the profile of the same.
firth_fit <- function(data) {
  none <- c(hr = NA, ci_low = NA, ci_high = NA, p = NA, coef = NA)
  if (sum(data$EVENT) == 0 || length(unique(data$TREATED)) < 2) return(none)
  penalised <- function(b) {
    at <- suppressWarnings(coxph(Surv(AVAL, EVENT) ~ TREATED, data = data, ties = "efron", init = b,
      control = coxph.control(iter.max = 0)))
    information <- 1 / at$var[1, 1]
    if (!is.finite(information) || information <= 0) return(-Inf)
    at$loglik[1] + 0.5 * log(information)
  }
  slope <- function(b, h = 1e-4) (8 * (penalised(b + h) - penalised(b - h)) - (penalised(b + 2 * h) - penalised(b - 2 * h))) / (12 * h)
  best <- optimize(penalised, c(-8, 8), maximum = TRUE, tol = 1e-8)$maximum
  best <- tryCatch(uniroot(slope, best + c(-0.2, 0.2), extendInt = "yes", tol = 1e-12)$root, error = function(e) best)
  top <- penalised(best)
  fall <- function(b) 2 * (top - penalised(b)) - qchisq(CONFIDENCE, 1)
  limit <- function(direction) tryCatch({
    far <- best + direction * 30
    uniroot(fall, sort(c(best, far)), tol = 1e-12)$root
  }, error = function(e) NA)
  p <- pchisq(max(0, 2 * (top - penalised(0))), 1, lower.tail = FALSE)
  c(hr = exp(best), ci_low = exp(limit(-1)), ci_high = exp(limit(1)), p = p, coef = best)
}
strata_of <- function(data) {
  factors <- plan("stratification_factors")
  values <- lapply(factors, function(name) {
    x <- of_patient(data, name)
    ifelse(is.na(x), "missing", x)
  })
  if (length(values)) do.call(paste, c(values, sep = "\r")) else rep("all", nrow(data))
}
log_rank_of <- function(data, formula, signed = TRUE) {
  test <- tryCatch(survdiff(formula, data = data), error = function(e) NULL)
  if (is.null(test)) return(NULL)
  if (!is.matrix(test$obs)) {
    observed <- test$obs
    expected <- test$exp
  } else {
    observed <- rowSums(test$obs)
    expected <- rowSums(test$exp)
  }
  rank <- qr(test$var)$rank
  if (test$chisq <= 0 && rank == 0) return(NULL)
  list(statistic = test$chisq, df = length(test$n) - 1, z = (observed[2] - expected[2]) / sqrt(test$var[2, 2]))
}
log_rank_rows <- function(block, test, allowed, with_z = TRUE) {
  said <- if (is.null(test)) c(NA, NA, NA) else c(test$statistic, test$df, pchisq(test$statistic, test$df, lower.tail = FALSE))
  if (!allowed) said <- c(NA, NA, NA)
  keep(block, statistic = said[1], df = said[2], p = said[3])
  if (with_z) keep(block, z = if (is.null(test) || !allowed) NA else test$z)
}
enough <- function(g) length(unique(g)) > 1 && all(table(g) >= MIN_GROUP)

restricted_mean <- function(x, tau) {
  if (tau < min(x$AVAL)) return(c(tau, 0))  # nobody has left by then; survfit's summary stops with an error
  fit <- survfit(Surv(x$AVAL, x$EVENT) ~ 1)
  of <- summary(fit, rmean = tau)$table
  unname(of[c("rmean", "se(rmean)")])
}
hazard_ratio <- function(data) {
  fit <- cox_fit(Surv(AVAL, EVENT) ~ TREATED, data)
  if (plan("firth") == "always" || is.null(fit)) firth_fit(data)[RATIO] else wald(fit)[RATIO]
}
compare_two <- function(block, data) {
  allowed <- length(unique(data$TREATED)) > 1 && all(table(factor(data$TREATED, 0:1)) >= MIN_GROUP)
  events <- sum(data$EVENT)
  log_rank_rows(paste0(block, ".log_rank"), if (events) log_rank_of(data, Surv(AVAL, EVENT) ~ TREATED), allowed)
  fit <- if (allowed && events) cox_fit(Surv(AVAL, EVENT) ~ TREATED, data) else NULL
  keep_all(paste0(block, ".cox"), wald(fit))
  firth <- if (allowed && events) firth_fit(data) else c(hr = NA, ci_low = NA, ci_high = NA, p = NA, coef = NA)
  keep_all(paste0(block, ".firth"), firth)
  keep_all(paste0(block, ".hr"), if (plan("firth") == "always" || is.null(fit)) firth[RATIO] else wald(fit)[RATIO])
  one <- data[data$TREATED == 1, ]
  two <- data[data$TREATED == 0, ]
  if (nrow(one) && nrow(two)) {
    tau <- if (plan("rmst_tau") == "fixed") plan_number("rmst_months") else min(max(one$AVAL), max(two$AVAL))
    at_risk <- c(sum(one$AVAL >= tau), sum(two$AVAL >= tau))
    here <- paste0(block, ".rmst")
    if (allowed) keep(here, tau = tau, at_risk_experimental = at_risk[1], at_risk_control = at_risk[2])
    if (allowed && all(at_risk / c(nrow(one), nrow(two)) >= plan_number("rmst_min_at_risk"))) {
      a <- restricted_mean(one, tau)
      b <- restricted_mean(two, tau)
      gap <- a[1] - b[1]
      se <- sqrt(a[2]^2 + b[2]^2)
      # Without an event before tau there is no standard error, and the report gives none of these numbers.
      if (se > 0) keep(here, experimental = a[1], control = b[1], difference = gap, ci_low = gap - Z * se,
        ci_high = gap + Z * se, p = 2 * pnorm(-abs(gap / se)))
    }
  }
  invisible(fit)
}

primary_rows <- function(endpoint, data, fit) {
  block <- paste0(endpoint, ".primary")
  data$STRATUM <- strata_of(data)
  allowed <- enough(data$TREATED)
  stratify <- allowed && length(plan("stratification_factors")) > 0 && sum(data$EVENT) > 0
  test <- if (stratify) log_rank_of(data, Surv(AVAL, EVENT) ~ TREATED + strata(STRATUM))
  log_rank_rows(paste0(block, ".stratified_log_rank"), test, stratify, with_z = FALSE)
  stratified <- if (stratify) cox_fit(Surv(AVAL, EVENT) ~ TREATED + strata(STRATUM), data) else NULL
  keep_all(paste0(block, ".stratified_cox"), wald(stratified)[RATIO])
  permuted(block, data, allowed)
  if (is.null(fit)) return(invisible())
  hazards <- paste0(block, ".ph")
  test <- cox.zph(fit, transform = plan("hazards_transform"), terms = FALSE, global = FALSE)
  keep(hazards, statistic = test$table[1, "chisq"], df = test$table[1, "df"], p = test$table[1, "p"], residuals = length(test$time))
  points(hazards, "residual", data.frame(time = test$time, value = test$y[, 1]))
  # The smooth of plot.cox.zph: a natural spline of 4 degrees of freedom at 40 points along the transformed time.
  xx <- test$x
  if (length(unique(xx)) > 4) {
    at <- seq(min(xx), max(xx), length.out = 40)
    basis <- splines::ns(c(at, xx), df = 4, intercept = TRUE)
    p <- basis[1:40, ]
    x <- basis[-(1:40), ]
    fitted <- qr(x)
    if (fitted$rank == ncol(x)) {
      y <- drop(p %*% qr.coef(fitted, test$y[, 1]))
      bread <- chol2inv(qr.R(fitted))
      half <- Z * sqrt(test$var[1, 1] * rowSums((p %*% bread) * p))
      time <- switch(plan("hazards_transform"), identity = at, log = exp(at),
        approx(xx, test$time, at, ties = "ordered")$y)
      keep(hazards, smooths = 40)
      for (i in 1:40) keep(paste(hazards, "smooth", i - 1, sep = "."), time = time[i], value = y[i], ci_low = y[i] - half[i], ci_high = y[i] + half[i])
    }
  }
}

# Permutation of the arms. Another generator of random numbers gives other permutations, so that the two p-values
# agree within their Monte Carlo errors only.
permuted <- function(block, data, allowed) {
  here <- paste0(block, ".permutation")
  B <- plan_number("permutations")
  if (!allowed || !sum(data$EVENT)) return(invisible())
  fit <- survfit(Surv(AVAL, EVENT) ~ 1, data, ctype = 1, stype = 2)
  hazard <- fit$cumhaz[match(data$AVAL, fit$time)]
  score <- data$EVENT - hazard
  k <- sum(data$TREATED)
  observed <- sum(score[data$TREATED == 1])
  set.seed(1)
  sums <- replicate(B, sum(score[sample.int(length(score), k)]))
  lower <- (1 + sum(sums <= observed + 1e-9)) / (B + 1)
  upper <- (1 + sum(sums >= observed - 1e-9)) / (B + 1)
  p <- min(1, 2 * min(lower, upper))
  keep(here, p = p, p_lower = lower, permutations = B, mc_error = 2 * sqrt(p / 2 * (1 - p / 2) / B))
  spread <- sqrt(lower * (1 - lower) / B)
  tail <- min(lower, upper)
  MONTE_CARLO[[paste0(here, ".p_lower")]] <<- 6 * spread * sqrt(2) + 2 / B
  MONTE_CARLO[[paste0(here, ".p")]] <<- 12 * sqrt(tail * (1 - tail) / B) * sqrt(2) + 4 / B
  MONTE_CARLO[[paste0(here, ".mc_error")]] <<- 2 * sqrt(p / 2 * (1 - p / 2) / B)
}
MONTE_CARLO <- list()

guided <- MODIFIED
factors_of_arms <- list(guidance = guided)
for (isotope in codes_of("isotope")) {
  given_to <- ARMS[vapply(ARMS, function(arm) isotope %in% setting("arm", arm, "isotope"), NA)]
  if (length(given_to) && length(given_to) < length(ARMS)) factors_of_arms[[tolower(isotope)]] <- given_to
}
start_of <- function(arm) vapply(codes_of("isotope"), function(isotope) c(setting("arm", arm, paste0("initial_activity.", isotope)), "")[1], "")

arm_factor_rows <- function(endpoint, data) {
  among <- data[data$ARM %in% EXPERIMENTAL, ]
  log_rank_rows(paste0(endpoint, ".heterogeneity"), if (sum(among$EVENT)) log_rank_of(among, Surv(AVAL, EVENT) ~ ARM), enough(among$ARM), with_z = FALSE)
  indicators <- do.call(cbind, lapply(factors_of_arms, function(arms) as.integer(data$ARM %in% arms)))
  fit <- if (sum(data$EVENT) && nrow(data) > 1) cox_fit(Surv(AVAL, EVENT) ~ indicators, data) else NULL
  allowed <- all(apply(indicators, 2, enough))  # one model has all the factors
  for (k in seq_along(factors_of_arms)) {
    block <- paste(endpoint, "factor", names(factors_of_arms)[k], sep = ".")
    keep(block, with = sum(indicators[, k]), without = sum(1 - indicators[, k]))
    keep_all(block, wald(if (allowed) fit else NULL, k)[RATIO])
  }
  for (one in MODIFIED) for (two in setdiff(ARMS, MODIFIED)) {
    if (!identical(start_of(one), start_of(two))) next
    pair <- data[data$ARM %in% c(one, two), ]
    pair$TREATED <- as.integer(pair$ARM == one)
    block <- paste0(endpoint, ".isolated.", one, "_vs_", two)
    keep(block, with = sum(pair$TREATED), without = sum(1 - pair$TREATED))
    allowed <- all(table(factor(pair$TREATED, 0:1)) >= MIN_GROUP)
    test <- if (sum(pair$EVENT)) log_rank_of(pair, Surv(AVAL, EVENT) ~ TREATED)
    log_rank_rows(paste0(block, ".log_rank"), test, allowed)
    keep_all(paste0(block, ".hr"), if (allowed && sum(pair$EVENT)) hazard_ratio(pair) else setNames(rep(NA, 4), RATIO))
  }
}

subgroup_rows <- function(endpoint, data) {
  # Of a variable of the plan: the part of the id, and its column of the raw subjects.
  known <- list(SEX = c("sex", "SEX"), AGE = c("age", "AGE"), RACE = c("race", "RACE"), BMIBL = c("bmi", "BMI"),
    PRIMSITE = c("primary", "PRIMSITE"), GRADEH = c("grade", "GRADE"), KI67BL = c("ki67", "KI67"),
    METLIVFL = c("liver", "METLIV"), METLNFL = c("lymph_nodes", "METLN"), METBONFL = c("bone", "METBON"),
    METOTHFL = c("other_metastases", "METOTH"), KARNOFBL = c("karnofsky", "KPS"), DXDUR = c("time_from_dx", "DXDUR"))
  factors <- list()
  for (chosen in plan("subgroups")) {
    parts <- strsplit(chosen, ":", fixed = TRUE)[[1]]
    about <- known[[parts[1]]]
    cuts <- if (length(parts) > 1) parts[-1] else if (parts[1] == "AGE") plan("subgroup_age") else character()
    value <- of_patient(data, parts[1])
    levels <- labels_of(paste0("subjects.", about[2]))
    if (length(cuts)) {
      last <- length(cuts)
      keys <- gsub(".", "_", cuts, fixed = TRUE)
      levels <- c(paste0("lt", keys[1]), if (last > 1) paste0(keys[-last], "to", keys[-1]), paste0("ge", keys[last]))
      # A value at a cut point is of the subgroup above it.
      value <- levels[findInterval(number(value), number(cuts)) + 1]
    }
    factors[[about[1]]] <- list(value, levels)
  }
  keep(paste0(endpoint, ".subgroup"), factors = length(factors))
  for (name in names(factors)) {
    value <- factors[[name]][[1]]
    for (level in c(factors[[name]][[2]], "unknown")) {
      here <- data[if (level == "unknown") is.na(value) else is(value, level), ]
      block <- paste(endpoint, "subgroup", name, level, sep = ".")
      keep(block, n_experimental = sum(here$TREATED), n_control = sum(1 - here$TREATED),
        events_experimental = sum(here$EVENT[here$TREATED == 1]), events_control = sum(here$EVENT[here$TREATED == 0]))
      if (level == "unknown") next
      allowed <- all(table(factor(here$TREATED, 0:1)) >= MIN_GROUP) && sum(here$EVENT) > 0
      keep_all(paste0(block, ".hr"), if (allowed) hazard_ratio(here) else setNames(rep(NA, 4), RATIO))
    }
    # Compared are the levels that have enough patients of both groups.
    sizes <- table(factor(value, factors[[name]][[2]]), factor(data$TREATED, 0:1))
    compared <- rownames(sizes)[sizes[, 1] >= MIN_GROUP & sizes[, 2] >= MIN_GROUP]
    known <- data[value %in% compared, ]
    known$LEVEL <- factor(value[value %in% compared])
    both <- if (nlevels(known$LEVEL) > 1 && sum(known$EVENT)) cox_fit(Surv(AVAL, EVENT) ~ TREATED * LEVEL, known) else NULL
    one <- if (nlevels(known$LEVEL) > 1 && sum(known$EVENT)) cox_fit(Surv(AVAL, EVENT) ~ TREATED + LEVEL, known) else NULL
    said <- c(NA, NA, NA)
    if (!is.null(both) && !is.null(one)) {
      df <- length(coef(both)) - length(coef(one))
      said <- c(2 * (both$loglik[2] - one$loglik[2]), df)
      said[3] <- pchisq(said[1], df, lower.tail = FALSE)
    }
    keep(paste(endpoint, "subgroup", name, "interaction", sep = "."), statistic = said[1], df = said[2], p = said[3])
  }
}

if (EFFICACY) {
  endpoints <- c(pfs = "PFS", pfshyp = "PFSHYP", os = "OS")
  for (endpoint in names(endpoints)) {
    data <- times_of(endpoints[[endpoint]])
    for (group in TIME_GROUPS) {
      x <- of_group(data, group)
      curve_rows(paste(endpoint, "km", group, sep = "."), x)
      back <- if (nrow(x)) median_of(curve_of(x, 1 - x$EVENT)) else list(quantile = NA, lower = NA, upper = NA)
      keep(paste(endpoint, "followup", group, sep = "."), median = back$quantile, ci_low = back$lower, ci_high = back$upper)
      for (reason in 1:6) keep(paste(endpoint, "censored", reason, group, sep = "."), n = sum(is(x$CNSR, as.character(reason))))
    }
    data <- data[order(data$TREATED), ]
    fit <- compare_two(paste0(endpoint, ".primary"), data)
    primary_rows(endpoint, data, fit)
    for (arm in EXPERIMENTAL) compare_two(paste0(endpoint, ".", arm, "_vs_", CONTROL), data[data$ARM %in% c(arm, CONTROL), ])
    log_rank_rows(paste0(endpoint, ".four_arm.log_rank"), if (sum(data$EVENT)) log_rank_of(data, Surv(AVAL, EVENT) ~ ARM),
      enough(data$ARM), with_z = FALSE)
    if (WHOLE && endpoint != "pfshyp") {
      arm_factor_rows(endpoint, data)
      subgroup_rows(endpoint, data)
    }
  }
  responses <- times_of("DOR")
  for (group in TIME_GROUPS) curve_rows(paste("dor.km", group, sep = "."), of_group(responses, group))
}

# ---------------------------------------------------------------------------------------------------------------
# Beside the primary comparison of progression: between assessments, adjusted, on the schedule; what came before it
# ---------------------------------------------------------------------------------------------------------------

# Assessments after randomisation that say whether there is progression, with the days since randomisation.
evaluable_assessments <- function(pfs) {
  x <- ADRS[is(ADRS$PARAMCD, "OVRLRESP") & ADRS$AVALC %in% c(plan("evaluable_responses"), "PD"), c("USUBJID", "ADT", "AVALC")]
  x$DAY <- as.numeric(day(x$ADT) - day(pfs$STARTDT[match(x$USUBJID, pfs$USUBJID)]))
  x <- x[!is.na(x$DAY) & x$DAY > 0, ]
  x[order(x$USUBJID, x$DAY), ]
}

# A progression seen at an assessment happened since the last one without; a death is exact, a censored time open.
between_assessments <- function(pfs, seen) {
  free <- seen[seen$AVALC != "PD", ]
  last <- vapply(seq_len(nrow(pfs)), function(i) {
    days <- free$DAY[free$USUBJID == pfs$USUBJID[i] & free$DAY < round(pfs$AVAL[i] * MONTH)]
    if (length(days)) max(days) else 0
  }, 0)
  shown <- pfs$EVENT == 1 & is(pfs$SRCDOM, "tumour_assessments")
  data.frame(lower = ifelse(shown, last / MONTH, pfs$AVAL), upper = ifelse(pfs$EVENT == 1, pfs$AVAL, Inf), shown = shown)
}

interval_rows <- function(pfs, bounds) {
  exact <- bounds$lower == bounds$upper
  open <- is.infinite(bounds$upper)
  for (model in c("weibull", "piecewise")) {
    keep(paste0("pfs.interval.", model), n = nrow(bounds), exact = sum(exact), between = sum(!exact & !open), censored = sum(open))
  }
  allowed <- all(table(factor(pfs$TREATED, 0:1)) >= MIN_GROUP) && all(tapply(pfs$EVENT, factor(pfs$TREATED, 0:1), sum) > 0)
  if (!allowed) return(keep("pfs.interval.weibull", hr = NA, ci_low = NA, ci_high = NA, p = NA))
  # An event on the day of randomisation lies before half of it is over; survreg knows an interval from 0 as open below.
  first <- exact & bounds$upper == 0
  bounds$upper[first] <- 0.5 / MONTH
  lower <- ifelse(first | bounds$lower == 0, NA, bounds$lower)
  upper <- ifelse(open, NA, bounds$upper)
  unobserved <- is.na(lower) & is.na(upper)
  lower[unobserved] <- 1e-8
  fit <- tryCatch(survreg(Surv(lower, upper, type = "interval2") ~ pfs$TREATED, dist = "weibull",
    control = survreg.control(rel.tolerance = 1e-14, maxiter = 200)), warning = function(w) NULL, error = function(e) NULL)
  if (is.null(fit)) return(invisible())
  # The coefficient is of accelerated time: divided by the scale, with its sign changed, it is the log hazard ratio.
  b <- -unname(coef(fit)[2]) / fit$scale
  slope <- c(-1 / fit$scale, -b)
  se <- sqrt(drop(slope %*% vcov(fit)[2:3, 2:3] %*% slope))
  keep("pfs.interval.weibull", hr = exp(b), ci_low = exp(b - Z * se), ci_high = exp(b + Z * se), p = 2 * pnorm(-abs(b / se)))
}

# A missing number is the median, with an indicator; a missing level is a level of its own. The first level is left out.
adjustment_columns <- function(data) {
  words <- c(AGE = "age", BMIBL = "body mass index", KI67BL = "Ki-67", GRADEH = "histological grade", SEX = "sex",
    PRIMSITE = "site of the primary tumour", KPS80FL = "Karnofsky status of 80 or more", METLIVFL = "liver metastases",
    METLNFL = "lymph node metastases", METBONFL = "bone metastases", METOTHFL = "other metastases")
  columns <- list()
  for (name in plan("adjustment_covariates")) {
    value <- of_patient(data, name)
    if (name %in% c("AGE", "BMIBL", "KI67BL")) {
      value <- number(value)
      columns[[words[[name]]]] <- ifelse(is.na(value), median(value, na.rm = TRUE), value)
      columns[[paste(words[[name]], "missing")]] <- as.numeric(is.na(value))
    } else {
      value[is.na(value)] <- "missing"
      for (level in sort(unique(value), method = "radix")[-1]) columns[[paste(words[[name]], level)]] <- as.numeric(value == level)
    }
  }
  columns[vapply(columns, function(x) length(unique(x)) > 1, NA)]
}

adjusted_rows <- function(pfs) {
  columns <- adjustment_columns(pfs)
  keep("pfs.adjusted", n = nrow(pfs), events = sum(pfs$EVENT))
  allowed <- all(table(factor(pfs$TREATED, 0:1)) >= MIN_GROUP) && sum(pfs$EVENT) > 0 && length(columns) > 0
  design <- do.call(cbind, c(list(pfs$TREATED), columns))
  fit <- if (allowed) cox_fit(Surv(AVAL, EVENT) ~ design, pfs) else NULL
  keep_all("pfs.adjusted", wald(fit)[RATIO])
  for (k in seq_along(columns)) keep_all(paste0("pfs.adjusted.term.", by_id(names(columns)[k])), wald(fit, k + 1)[RATIO])
}

# Progression counts at the scheduled day at which it was seen, up to the tolerance late, else at the next one; a time
# without an event ends at the last scheduled day, up to the tolerance early; a death keeps its day.
schedule_rows <- function(pfs, shown) {
  every <- plan_number("assessment_interval_days")
  late <- plan_number("assessment_tolerance_days")
  from <- as.numeric(day(pfs$ADT) - day(pfs$STARTDT))
  to <- ifelse(shown, every * pmax(ceiling((from - late) / every), 1), ifelse(pfs$EVENT == 1, from, every * floor((from + late) / every)))
  pfs$AVAL <- to / MONTH
  block <- "pfs.on_schedule"
  allowed <- all(table(factor(pfs$TREATED, 0:1)) >= MIN_GROUP) && sum(pfs$EVENT) > 0
  test <- if (allowed) log_rank_of(pfs, Surv(AVAL, EVENT) ~ TREATED)
  keep(block, n = nrow(pfs), events = sum(pfs$EVENT), moved = sum(to != from),
    log_rank_p = if (is.null(test)) NA else pchisq(test$statistic, test$df, lower.tail = FALSE))
  keep_all(block, if (allowed) hazard_ratio(pfs) else setNames(rep(NA, 4), RATIO))
}

assessment_rows <- function(pfs, seen) {
  every <- plan_number("assessment_interval_days")
  x <- seen[seen$DAY <= round(pfs$AVAL[match(seen$USUBJID, pfs$USUBJID)] * MONTH), ]
  gap <- ave(x$DAY, x$USUBJID, FUN = function(days) diff(c(0, days)))
  off <- abs(x$DAY - every * pmax(round(x$DAY / every), 1)) > plan_number("assessment_tolerance_days")
  for (group in TIME_GROUPS) {
    members <- of_group(pfs, group)$USUBJID
    mine <- x$USUBJID %in% members
    means <- tapply(gap[mine], x$USUBJID[mine], mean)
    described(paste0("pfs.assessments.interval.", group), as.numeric(means), length(members) - length(means))
    counted(paste0("pfs.assessments.off_schedule.", group), sum(off[mine]), sum(mine))
  }
}

intercurrent_rows <- function(pfs, other) {
  treated <- yes(of_patient(pfs, "SAFFL"))
  code <- other$CNSR[match(pfs$USUBJID, other$USUBJID)]
  happened <- list(
    not_treated = !treated,
    treated_otherwise = treated & of_patient(pfs, "TRT01A") != of_patient(pfs, "TRT01P"),
    discontinued = is(of_patient(pfs, "EOTSTT"), "DISCONTINUED"),
    further_therapy = is(code, "5"), missed_assessments = is(code, "6"),
    death = pfs$EVENT == 1 & !is(pfs$SRCDOM, "tumour_assessments"),
    lost = is(pfs$CNSR, "2"), withdrawn = is(pfs$CNSR, "3"))
  for (group in TIME_GROUPS) {
    mine <- pfs$USUBJID %in% of_group(pfs, group)$USUBJID
    for (what in names(happened)) counted(paste("pfs.intercurrent", what, group, sep = "."), sum(happened[[what]][mine]), sum(mine))
  }
}

if (WHOLE) {
  pfs <- times_of("PFS")
  pfs <- pfs[order(pfs$TREATED), ]
  seen <- evaluable_assessments(pfs)
  bounds <- between_assessments(pfs, seen)
  interval_rows(pfs, bounds)
  adjusted_rows(pfs)
  schedule_rows(pfs, bounds$shown)
  assessment_rows(pfs, seen)
  intercurrent_rows(pfs, times_of("PFSHYP"))
}

# ---------------------------------------------------------------------------------------------------------------
# Response
# ---------------------------------------------------------------------------------------------------------------

if (EFFICACY) {
  ADRS$ARM <- ADRS$TRT01P
  response_of <- function(code) ADRS[is(ADRS$PARAMCD, code), ]
  rates <- c(orr = "OBJRESP", dcr = "DISCTRL")
  for (group in TIME_GROUPS) {
    patients <- of_group(RANDOMISED, group)$USUBJID
    n <- length(patients)
    for (name in names(rates)) {
      x <- response_of(rates[[name]])
      rated(paste("response", name, group, sep = "."), sum(patients %in% x$USUBJID[yes(x$AVALC)]), n)
    }
    best <- response_of("BOR")
    for (response in c("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE")) {
      rated(paste("response.bor", gsub("[^A-Z]", "_", response), group, sep = "."), sum(patients %in% best$USUBJID[is(best$AVALC, response)]), n)
    }
    change <- response_of("BESTCHG")
    change <- change[change$USUBJID %in% patients & !is.na(change$AVAL), ]
    described(paste("response.best_change", group, sep = "."), change$AVAL, n - nrow(change))
  }
  for (name in names(rates)) {
    x <- response_of(rates[[name]])
    hit <- RANDOMISED$USUBJID %in% x$USUBJID[yes(x$AVALC)]
    treated <- RANDOMISED$ARM %in% EXPERIMENTAL
    said <- newcombe(sum(hit & treated), sum(treated), sum(hit & !treated), sum(!treated))
    keep_all(paste0("response.", name, ".difference"), setNames(said, c("estimate", "ci_low", "ci_high")))
  }
}

# ---------------------------------------------------------------------------------------------------------------
# Dose and progression: the dose given so far, and the dose up to a landmark
# ---------------------------------------------------------------------------------------------------------------

if (WHOLE) {
  data <- times_of("PFS")
  data$START <- day(data$STARTDT)
  landmark <- plan_number("dose_landmark_months")
  keep("pfs.dose", landmark_months = landmark)
  measures <- list()
  for (isotope in codes_of("isotope")) {
    x <- ADEX[is(ADEX$ISOTOPE, isotope) & ADEX$AVISIT %in% codes_of("cycle") & !is.na(ADEX$AVAL), ]
    given <- data.frame(USUBJID = x$USUBJID, date = day(x$ASTDT), dose = x$AVAL / 1000)
    who <- ARMS[vapply(ARMS, function(arm) isotope %in% setting("arm", arm, "isotope"), NA)]
    measures[[paste0("activity_", tolower(isotope))]] <- list(given = given, arms = who, unknown = character(0))
  }
  delivered <- unique(ADEX[ADEX$AVISIT %in% codes_of("cycle"), c("USUBJID", "AVISIT", "ASTDT")])
  for (organ in ORGANS) {
    x <- ADDOS[is(ADDOS$PARAMCD, code_of_dose(organ, "TOT")) & ADDOS$AVISIT %in% codes_of("cycle"), ]
    key <- match(paste(delivered$USUBJID, delivered$AVISIT), paste(x$USUBJID, x$AVISIT))
    given <- data.frame(USUBJID = delivered$USUBJID, date = day(delivered$ASTDT), dose = x$AVAL[key])
    measures[[tolower(organ)]] <- list(given = given, arms = ARMS, unknown = unique(given$USUBJID[is.na(given$dose)]))
  }
  for (name in names(measures)) {
    measure <- measures[[name]]
    patients <- data[data$ARM %in% measure$arms, ]
    all_known <- patients[!(patients$USUBJID %in% measure$unknown), ]
    known <- all_known[all_known$AVAL > 0, ]  # without time at risk there is nothing to relate a dose to
    rows_of <- list()
    for (i in seq_len(nrow(known))) {
      own <- measure$given[measure$given$USUBJID == known$USUBJID[i], ]
      at <- as.numeric(own$date - known$START[i]) / MONTH
      cuts <- sort(unique(at[at > 0 & at < known$AVAL[i]]))
      from <- c(0, cuts)
      to <- c(cuts, known$AVAL[i])
      so_far <- vapply(from, function(t) sum(own$dose[at <= t + 1e-9]), 0)
      rows_of[[i]] <- data.frame(from = from, to = to, event = c(rep(0L, length(cuts)), known$EVENT[i]), dose = so_far, arm = known$ARM[i])
    }
    long <- do.call(rbind, rows_of)
    long <- long[long$to > long$from, ]
    fit <- if (!is.null(long) && sum(long$event)) cox_fit(Surv(from, to, event) ~ dose + strata(arm), long) else NULL
    block <- paste0("pfs.dose.", name, ".time_dependent")
    keep(block, n = nrow(known), events = sum(known$EVENT), unknown = nrow(patients) - nrow(all_known))
    keep_all(block, wald(fit)[RATIO])

    still <- known[known$AVAL > landmark, ]
    upto <- measure$given[as.numeric(measure$given$date - patients$START[match(measure$given$USUBJID, patients$USUBJID)]) / MONTH <= landmark, ]
    lacking <- unique(upto$USUBJID[is.na(upto$dose)])
    seen <- still[!(still$USUBJID %in% lacking), ]
    seen$dose <- vapply(seen$USUBJID, function(one) sum(upto$dose[is(upto$USUBJID, one)]), 0)
    seen$later <- seen$AVAL - landmark
    fit <- if (sum(seen$EVENT)) cox_fit(Surv(later, EVENT) ~ dose + strata(ARM), seen) else NULL
    block <- paste0("pfs.dose.", name, ".landmark")
    keep(block, n = nrow(seen), events = sum(seen$EVENT), excluded = nrow(all_known) - nrow(still))
    keep_all(block, wald(fit)[RATIO])
  }

  # What might have happened to those who left: the event at once, in one of the groups.
  for (which in c("worst_case", "best_case")) {
    x <- data
    changed <- x$CNSR %in% c("2", "3", "4") & x$TREATED == (which == "worst_case")
    x$EVENT[changed] <- 1L
    block <- paste0("pfs.sensitivity.", which)
    keep(block, changed = sum(changed), months = 0)
    allowed <- enough(x$TREATED) && sum(x$EVENT) > 0
    keep_all(block, if (allowed) hazard_ratio(x) else setNames(rep(NA, 4), RATIO))
  }
  horizon <- if (plan("imputation_end") == "cut") as.numeric(day(of_patient(data, "DCUTDT")) - data$START) / MONTH
  else rep(plan_number("imputation_months"), nrow(data))
  open <- data$EVENT == 0 & horizon > data$AVAL
  for (side in c("experimental", "control")) {
    here <- open & data$TREATED == (side == "experimental")
    keep(paste0("pfs.sensitivity.imputed.", side), changed = sum(here), months = sum((horizon - data$AVAL)[here]))
  }
}

# ---------------------------------------------------------------------------------------------------------------
# Dose and harm: low counts by the dose of the marrow, the fall of the eGFR by that of the kidneys
# ---------------------------------------------------------------------------------------------------------------

# Firth's logistic regression (Heinze and Schemper 2002): the log likelihood plus half the log determinant of the
# information. Covariates are taken in standard deviations; the answer is of one unit of the first.
firth_logistic <- function(y, covariates) {
  none <- setNames(rep(NA_real_, 4), c("ratio", "ci_low", "ci_high", "p"))
  if (!length(y) || length(unique(y)) < 2 || length(y) <= ncol(covariates) + 1) return(none)
  spread <- apply(covariates, 2, function(x) sqrt(mean((x - mean(x))^2)))
  if (any(apply(covariates, 2, constant))) return(none)
  X <- cbind(1, sweep(sweep(covariates, 2, colMeans(covariates)), 2, spread, `/`))
  if (qr(X, tol = 1e-9)$rank < ncol(X)) return(none)
  information <- function(b) {
    chance <- plogis(drop(X %*% b))
    crossprod(X, X * (chance * (1 - chance)))
  }
  height <- function(b) {
    eta <- drop(X %*% b)
    det <- determinant(information(b))
    if (det$sign <= 0 || !is.finite(det$modulus)) return(-Inf)
    sum(plogis(ifelse(y == 1, eta, -eta), log.p = TRUE)) + as.numeric(det$modulus) / 2
  }
  # To the maximum over the coefficients that are free, in steps that rise; NULL where there is none.
  climb <- function(b, free) {
    at <- height(b)
    for (step in 1:500) {
      if (!is.finite(at)) return(NULL)
      chance <- plogis(drop(X %*% b))
      I <- information(b)
      back <- tryCatch(solve(I), error = function(e) NULL)
      if (is.null(back)) return(NULL)
      leverage <- chance * (1 - chance) * rowSums((X %*% back) * X)
      score <- drop(crossprod(X, y - chance + leverage * (0.5 - chance)))[free]
      if (max(abs(score)) < 1e-10) break
      move <- solve(I[free, free], score)
      move <- move * min(1, 5 / max(abs(move)))
      size <- 1
      repeat {
        b_next <- b
        b_next[free] <- b[free] + size * move
        above <- height(b_next)
        if (above >= at - 1e-12 || size < 1e-10) break
        size <- size / 2
      }
      # A step to the other side of the maximum may come back at the next one, for ever: half of it is tried as well.
      half <- replace(b, free, b[free] + size / 2 * move)
      if (height(half) > above) {
        b_next <- half
        above <- height(half)
      }
      b <- b_next
      at <- above
    }
    if (max(abs(score)) < 1e-6) list(b = b, height = at) else NULL
  }
  best <- climb(rep(0, ncol(X)), seq_len(ncol(X)))
  if (is.null(best)) return(none)
  se <- sqrt(solve(information(best$b))[2, 2])
  # Far from the estimate the likelihood may have two maxima over the other coefficients: the higher one counts.
  near <- list(best$b)
  fall <- function(value) {
    nearest <- near[[which.min(abs(vapply(near, function(b) b[2], 0) - value))]]
    starts <- lapply(list(best$b, nearest, 0 * nearest), function(b) replace(b, 2, value))
    tops <- Filter(Negate(is.null), lapply(starts, climb, free = -2))
    if (!length(tops)) stop("no maximum")
    top <- tops[[which.max(vapply(tops, function(one) one$height, 0))]]
    near[[length(near) + 1]] <<- top$b
    2 * (best$height - top$height) - qchisq(CONFIDENCE, 1)
  }
  # A limit is looked for by standard errors; beyond 60 standard deviations of the covariate there is none.
  limit <- function(step) {
    inside <- best$b[2]
    while (fall(inside + step) < 0) {
      inside <- inside + step
      if (abs(inside + step) > 60) return(NA)
    }
    uniroot(fall, sort(c(inside, inside + step)), tol = 1e-13)$root
  }
  tryCatch({
    p <- pchisq(max(0, fall(0) + qchisq(CONFIDENCE, 1)), 1, lower.tail = FALSE)
    ends <- exp(c(best$b[2], limit(-se), limit(se)) / spread[1])
    c(ratio = ends[1], ci_low = ends[2], ci_high = ends[3], p = p)
  }, error = function(e) none)
}

if (any(startsWith(results$analysis_id, "dose_harm."))) {
  started <- SAFETY[!is.na(SAFETY$TRTSDT), ]
  # Grades that a value of an analyte can show by the plan's version of CTCAE end at the last of `undecided`.
  highest_grade <- function(code) max(0, number(sub(".*_", "", setting("analyte", code, "undecided"))))
  blood <- Filter(function(code) is(setting("analyte", code, "category")[1], "HEMATOLOGY"), ANALYTES)
  shown <- Filter(function(code) highest_grade(code) >= plan_number("dose_effect_grade"), blood)
  outcomes <- c(lapply(setNames(shown, shown), function(code) list(organ = "MARROW", codes = code, step = 0.1)),
    if (length(shown)) list(any_count = list(organ = "MARROW", codes = shown, step = 0.1)),
    list(EGFR = list(organ = "KIDNEY", codes = "EGFR", step = 1)))
  cycles_given <- ADEX[is.na(ADEX$DTYPE) & !is.na(ADEX$ASTDT), ]
  cycles_given <- cycles_given[order(cycles_given$USUBJID, cycles_given$ASTDT), ]
  cycles_given <- cycles_given[!duplicated(cycles_given[c("USUBJID", "AVISIT")]), ]
  no_record <- data.frame(USUBJID = character(0), ARM = character(0), from = numeric(0), to = numeric(0), dose = numeric(0),
    event = numeric(0), cycle = numeric(0))
  for (outcome in names(outcomes)) {
    about <- outcomes[[outcome]]
    x <- ADLB[ADLB$PARAMCD %in% about$codes & is.na(ADLB$DTYPE) & ADLB$USUBJID %in% started$USUBJID, ]
    if (about$organ == "KIDNEY") {
      x <- x[!is.na(x$BASE), ]
      # A value that is just so far below the baseline counts, whatever the last digit of the product.
      x$bad <- is(x$AVAL <= (1 - plan_number("dose_effect_decline")) * x$BASE * (1 + 1e-12), TRUE)
    } else x$bad <- is(x$ATOXGRMN >= plan_number("dose_effect_grade"), TRUE)
    x <- x[!(x$USUBJID %in% x$USUBJID[yes(x$ABLFL) & x$bad]), ]
    x$days <- as.numeric(day(x$ADT) - day(of_patient(x, "TRTSDT")))
    x <- x[is(x$days > 0, TRUE), ]
    given <- ADDOS[is(ADDOS$PARAMCD, code_of_dose(about$organ, "TOT")) & is.na(ADDOS$DTYPE), ]
    steps <- cycles_given
    steps$dose <- given$AVAL[match(paste(steps$USUBJID, steps$AVISIT), paste(given$USUBJID, given$AVISIT))]
    unknown <- unique(steps$USUBJID[is.na(steps$dose)])
    # Each patient's time to the first such value, else to the last value of all, cut where a dose was given.
    long <- do.call(rbind, c(list(no_record), lapply(split(x, x$USUBJID), function(own) {
      who <- own$USUBJID[1]
      if (who %in% unknown) return(NULL)
      here <- started[started$USUBJID == who, ]
      end <- if (any(own$bad)) min(own$days[own$bad]) else max(own$days)
      doses <- steps[steps$USUBJID == who, ]
      at <- pmax(as.numeric(day(doses$ASTDT) - day(here$TRTSDT)), 0)
      from <- sort(unique(c(0, at[at < end])))
      data.frame(USUBJID = who, ARM = here$ARM, from = from, to = c(from[-1], end),
        dose = vapply(from, function(t) sum(doses$dose[at <= t]), 0),
        event = c(rep(0, length(from) - 1), any(own$bad)), cycle = seq_along(from))
    })))
    long$per <- long$dose / about$step
    # An event is put down to the last cycle if it came within the longest interval between cycles.
    soon <- long$to - long$from <= 7 * (number(setting("study", "", "cycle_interval_weeks")) +
      number(setting("study", "", "cycle_interval_tolerance_weeks")))
    after_cycle <- long
    after_cycle$event <- ifelse(soon, long$event, 0)
    hazard <- if (sum(long$event)) wald(cox_fit(Surv(from, to, event) ~ per + strata(ARM), long)) else wald(NULL)
    found_of <- list(hazard = setNames(hazard[RATIO], c("ratio", "ci_low", "ci_high", "p")),
      odds = firth_logistic(after_cycle$event, cbind(after_cycle$per, after_cycle$cycle)))
    records <- list(hazard = long, odds = after_cycle)
    for (model in names(records)) {
      block <- paste("dose_harm", tolower(about$organ), outcome, model, sep = ".")
      keep(block, n = length(unique(long$USUBJID)), records = nrow(long), events = sum(records[[model]]$event),
        unknown = sum(unique(x$USUBJID) %in% unknown))
      keep_all(block, found_of[[model]])
    }
  }
}

# ---------------------------------------------------------------------------------------------------------------
# The first severe adverse event, death competing
# ---------------------------------------------------------------------------------------------------------------

# Standard error of a cumulative incidence after Gray (1988) and Aalen (1978): the variance of the martingale
# integral over the increments of both kinds of end, with the correction for ties that cmprsk::cuminc makes.
gray_error <- function(n, event, death) {
  share <- (event + death) / n
  before <- cumprod(c(1, 1 - share))[seq_along(n)]
  after <- before * (1 - share)
  incidence <- cumsum(before * event / n)
  tied <- function(d) ifelse(n > 1, 1 - (d - 1) / (n - 1), 1)
  of_event <- ifelse(event > 0, tied(event) * event / n^2, 0)
  of_death <- ifelse(death > 0, tied(death) * death / n^2, 0)
  carried <- ifelse(after > 0, before / after, 0)
  vapply(seq_along(n), function(k) {
    u <- seq_len(k)
    left <- (incidence[k] - incidence[u]) * carried[u]
    sqrt(sum(of_event[u] * (before[u] - left)^2 + of_death[u] * left^2))
  }, 0)
}

# Cumulative incidence of one kind of end, the other competing: AVAL (months) and STATE (none, event, death). The steps
# of a curve are there where it is drawn, with counts at the months of its grid.
incidence_of <- function(block, here, landmarks, grid, death = NULL) {
  n <- nrow(here)
  keep(block, n = n, events = sum(here$STATE == "event"), competing = sum(here$STATE == "death"))
  drawn <- !is.null(grid)
  for (month in grid) {
    keep(paste(block, "grid", by_month(month), sep = "."), n_risk = sum(here$AVAL >= month),
      n_censored = sum(here$STATE == "none" & here$AVAL <= month))
  }
  if (n == 0) return(invisible())
  # The state of a patient by time, of survfit: the incidence of each kind of end.
  fit <- survfit(Surv(AVAL, STATE) ~ 1, data = here)
  incidence <- fit$pstate[, match(c("event", "death"), fit$states), drop = FALSE]
  ends <- fit$n.event[, match(c("event", "death"), fit$states), drop = FALSE]
  rest <- 1 - sum(incidence[nrow(incidence), ])
  gray_se <- gray_error(fit$n.risk[, 1], ends[, 1], ends[, 2])
  for (kind in if (drawn) seq_along(c(block, death))) {
    corner <- ends[, kind] > 0
    corner[length(corner)] <- TRUE
    name <- c(block, death)[kind]
    steps <- data.frame(time = c(0, fit$time[corner]), incidence = c(0, incidence[corner, kind]))
    keep(name, steps = nrow(steps))
    points(name, "step", steps)
  }
  for (month in landmarks) {
    here_too <- paste(block, "rate", by_month(month), sep = ".")
    at_risk <- sum(here$AVAL >= month)
    keep(here_too, n_risk = at_risk)
    place <- sum(fit$time <= month)
    if (month > max(fit$time) && rest > 1e-12) next  # where everybody has had an end, the curve goes on
    value <- if (place) incidence[place, 1] else 0
    limits <- c(NA, NA)  # of 1 there are none: every patient has the event by then
    if (value > 0 && value < 1 - 1e-12) {
      theta <- log(-log(value))
      half <- Z * gray_se[place] / abs(value * log(value))
      limits <- exp(-exp(theta + c(1, -1) * half))
    } else if (value == 0) {
      lost <- any(here$STATE == "none" & here$AVAL < month)
      known <- if (lost) at_risk else n
      if (known > 0) limits <- binom.test(0, known, conf.level = CONFIDENCE)$conf.int
    }
    keep(here_too, incidence = value, ci_low = limits[1], ci_high = limits[2])
  }
}
competing_times <- function(code) {
  x <- ADTTE[is(ADTTE$PARAMCD, code) & !is.na(ADTTE$AVAL), ]
  x$ARM <- of_patient(x, "SAFARM")
  x$STATE <- factor(ifelse(is(x$CNSR, "0"), "event", ifelse(is(x$CNSR, "7"), "death", "none")), c("none", "event", "death"))
  x
}

if (EFFICACY) {
  x <- competing_times("TTAE3")
  undated <- severe[is.na(severe$ASTDT), ]
  keep("ae3.undated", n = nrow(undated))
  for (group in TIME_GROUPS) {
    incidence_of(paste0("ae3.cif.", group), of_group(x, group), plan_number("ae_landmark_months"),
      plan_number("ae_grid_months"), paste0("ae3.cif_death.", group))
  }
  # Late harm has no end of reporting: a neoplasm of the marrow comes years after the treatment.
  harms <- c(neoplasm = "TTMN", dysfunction = "TTPHD", severe_cytopenia = "TTSCYT", cytopenia = "TTCYT", renal = "TTREN")
  for (name in names(harms)) for (group in TIME_GROUPS) {
    incidence_of(paste("late.cif", name, group, sep = "."), of_group(competing_times(harms[[name]]), group),
      plan_number("late_months"), c(0, plan_number("late_months")))
  }
  # Reported late harm without a date of onset has no time, and is counted. The reported or the preferred term names it.
  no_date <- EVENTS[is.na(EVENTS$ASTDT) & yes(EVENTS$TRTEMFL), ]
  named <- function(...) grepl(paste(..., sep = "|"), paste(ifelse(is.na(no_date$AETERM), "", no_date$AETERM),
    ifelse(is.na(no_date$AEDECOD), "", no_date$AEDECOD), sep = " | "), ignore.case = TRUE, perl = TRUE)
  neoplasm <- named("\\b(mds|aml|mpn)\\b", "myelodysplas", "myeloproliferat", "myelofibrosis", "myeloid (leuk|neoplasm)",
    "acute (leuk|myelo(id|genous))", "erythroleuk", "chronic myelomonocytic", "polycytha?emia vera", "essential thrombocyth",
    "refractory (ana?emia|cytopenia)")
  failure <- named("marrow (failure|aplasia)", "aplastic ana?emia", "persistent ha?ematological dysfunction",
    "unexplained (pan)?cytopenia", "cytopenia of unknown")
  keep("late.undated.neoplasm", n = sum(neoplasm))
  keep("late.undated.dysfunction", n = sum(neoplasm | failure))
  keep("late.undated.renal", n = sum(is(no_date$AECAT, "RENAL_IMPAIRMENT") & is(no_date$GRADE >= 3, TRUE)))
}

# ---------------------------------------------------------------------------------------------------------------
# Kidney function over years: categories, confirmed falls, the yearly change
# ---------------------------------------------------------------------------------------------------------------

# Restricted likelihood of a line for each patient, random intercept and, if `sloped`, random slope, by average
# information; sums over patients, whose blocks are independent. nlme::lme fits the same model, but has neither degrees
# of freedom of Kenward and Roger nor of Satterthwaite, and stops short of the last digits.
reml_lines <- function(y, X, patient, years, sloped, error = 0.5) {
  blocks <- split(seq_along(y), patient)
  q <- if (sloped) 4 else 2
  basis_of <- function(b) {
    one <- rep(1, length(b))
    found <- list(tcrossprod(one))
    if (sloped) found <- c(found, list(tcrossprod(one, years[b]) + tcrossprod(years[b], one), tcrossprod(years[b])))
    c(found, list(diag(length(b))))
  }
  basis <- lapply(blocks, basis_of)
  state <- function(theta) {
    if (sloped && theta[1] * theta[3] - theta[2]^2 <= 0) return(NULL)
    if (theta[1] <= 0 || theta[q] <= 0) return(NULL)
    W <- vector("list", length(blocks))
    log_det <- 0
    A <- matrix(0, ncol(X), ncol(X))
    u <- numeric(ncol(X))
    for (i in seq_along(blocks)) {
      C <- tryCatch(chol(Reduce(`+`, Map(`*`, theta, basis[[i]]))), error = function(e) NULL)
      if (is.null(C)) return(NULL)
      W[[i]] <- chol2inv(C)
      log_det <- log_det + 2 * sum(log(diag(C)))
      Xi <- X[blocks[[i]], , drop = FALSE]
      WX <- W[[i]] %*% Xi
      A <- A + crossprod(Xi, WX)
      u <- u + drop(crossprod(WX, y[blocks[[i]]]))
    }
    C <- tryCatch(chol(A), error = function(e) NULL)
    if (is.null(C)) return(NULL)
    Phi <- chol2inv(C)
    beta <- drop(Phi %*% u)
    r <- y - drop(X %*% beta)
    Py <- numeric(length(y))
    for (i in seq_along(blocks)) Py[blocks[[i]]] <- W[[i]] %*% r[blocks[[i]]]
    list(W = W, Phi = Phi, beta = beta, Py = Py, loglik = -0.5 * (log_det + 2 * sum(log(diag(C))) + sum(y * Py)))
  }
  parts <- function(now) {
    D <- array(0, c(q, ncol(X), ncol(X)))
    E <- array(0, c(q, q, ncol(X), ncol(X)))
    trace_1 <- numeric(q)
    trace_2 <- matrix(0, q, q)
    f <- matrix(0, length(y), q)
    Wf <- f
    for (i in seq_along(blocks)) {
      b <- blocks[[i]]
      WX <- now$W[[i]] %*% X[b, , drop = FALSE]
      WV <- lapply(basis[[i]], function(V) now$W[[i]] %*% V)
      for (j in 1:q) {
        D[j, , ] <- D[j, , ] + crossprod(WX, basis[[i]][[j]] %*% WX)
        trace_1[j] <- trace_1[j] + sum(diag(WV[[j]]))
        f[b, j] <- basis[[i]][[j]] %*% now$Py[b]
        for (k in 1:q) {
          trace_2[j, k] <- trace_2[j, k] + sum(WV[[j]] * t(WV[[k]]))
          E[j, k, , ] <- E[j, k, , ] + crossprod(WX, basis[[i]][[j]] %*% WV[[k]] %*% WX)
        }
      }
      Wf[b, ] <- now$W[[i]] %*% f[b, , drop = FALSE]
    }
    XWf <- crossprod(X, Wf)
    fPf <- crossprod(f, Wf) - crossprod(XWf, now$Phi %*% XWf)
    traces <- matrix(0, q, q)
    for (j in 1:q) for (k in 1:q) {
      traces[j, k] <- trace_2[j, k] - 2 * sum(now$Phi * t(E[j, k, , ])) + sum((now$Phi %*% D[j, , ]) * t(now$Phi %*% D[k, , ]))
    }
    score <- vapply(1:q, function(j) -0.5 * (trace_1[j] - sum(now$Phi * D[j, , ])), 0) + 0.5 * drop(crossprod(f, now$Py))
    list(D = D, E = E, fPf = fPf, traces = traces, score = score)
  }
  v <- sum(lm.fit(X, y)$residuals^2) / max(1, length(y) - ncol(X))
  theta <- v * if (sloped) c(1 - error, 0, (1 - error) / (10 * mean(years^2)), error) else c(0.5, 0.5)
  settled <- FALSE
  now <- state(theta)
  if (is.null(now)) return(NULL)
  for (step in 1:200) {
    at <- parts(now)
    move <- tryCatch(solve(0.5 * at$fPf, at$score), error = function(e) NULL)
    if (is.null(move)) return(NULL)
    size <- 1
    repeat {
      nxt <- state(theta + size * move)
      if (!is.null(nxt) && nxt$loglik >= now$loglik - 1e-10) break
      size <- size / 2
      if (size < 1e-8) break
    }
    if (size < 1e-8) break
    theta <- theta + size * move
    now <- nxt
    settled <- max(abs(size * move)) <= 1e-11 * max(abs(theta))
    if (settled) break
  }
  at <- parts(now)
  Pj <- lapply(1:q, function(j) -at$D[j, , ])
  W_expected <- tryCatch(solve(0.5 * at$traces), error = function(e) NULL)
  if (is.null(W_expected)) return(NULL)
  total <- matrix(0, ncol(X), ncol(X))
  for (j in 1:q) for (k in 1:q) total <- total + W_expected[j, k] * (at$E[j, k, , ] - Pj[[j]] %*% now$Phi %*% Pj[[k]])
  list(beta = now$beta, Phi = now$Phi, Pj = Pj, W_expected = W_expected,
    W_observed = tryCatch(solve(at$fPf - 0.5 * at$traces), error = function(e) NULL),
    Phi_adjusted = now$Phi + 2 * now$Phi %*% total %*% now$Phi, theta = theta, loglik = now$loglik, settled = settled)
}
ERROR_STARTS <- c(0.5, 0.9, 0.1)  # shares of the variance that are error where the likelihood is begun
# Whether the optimum has a covariance matrix of intercepts and slopes: the likelihood is not highest at its boundary.
has_slopes <- function(fit) {
  if (is.null(fit) || !fit$settled) return(FALSE)
  spread <- eigen(matrix(fit$theta[c(1, 2, 2, 3)], 2), symmetric = TRUE, only.values = TRUE)$values
  min(spread) > 1e-8 * max(spread) && max(spread) > 0
}

EGFR <- ADLB[ADLB$SAFE & is(ADLB$PARAMCD, "EGFR") & is.na(ADLB$DTYPE) & !is.na(ADLB$AVAL), ]
if (nrow(EGFR) && any(startsWith(results$analysis_id, "kidney."))) {
  EGFR <- EGFR[order(EGFR$USUBJID, EGFR$ADT, number(EGFR$LBSEQ)), ]
  EGFR$DAY <- as.numeric(day(EGFR$ADT) - day(of_patient(EGFR, "TRTSDT")))
  EGFR$LATER <- is(number(EGFR$ADY) > 1, TRUE)
  bounds <- c(G1 = 90, G2 = 60, G3a = 45, G3b = 30, G4 = 15, G5 = -Inf)
  category <- function(x) names(bounds)[vapply(x, function(one) which(one >= bounds - 1e-9)[1], 0L)]
  later <- EGFR[EGFR$LATER, ]
  lowest <- later[order(later$USUBJID, later$AVAL), ]
  at_times <- list(worst = lowest[!duplicated(lowest$USUBJID), ], last = later[!duplicated(later$USUBJID, fromLast = TRUE), ])
  asked <- grep("^kidney\\.kdigo\\.", results$analysis_id, value = TRUE)
  for (visit in unique(sub("^kidney\\.kdigo\\.([^.]*)\\..*", "\\1", asked))) {
    chosen <- if (visit %in% names(at_times)) at_times[[visit]] else EGFR[yes(EGFR$ANL01FL) & is(EGFR$AVISIT, visit), ]
    for (group in GROUPS) {
      found_here <- category(within(chosen, group)$AVAL)
      for (name in names(bounds)) counted(paste("kidney.kdigo", visit, name, group, sep = "."), sum(found_here == name), length(found_here))
    }
  }
  compared_later <- later[!is.na(later$BASE), ]
  order_of <- function(x) match(category(x), names(bounds))
  worse <- order_of(compared_later$AVAL) > order_of(compared_later$BASE) & compared_later$AVAL <= 0.75 * compared_later$BASE + 1e-9
  worse <- tapply(worse, compared_later$USUBJID, any)
  given_days <- unique(ADEX[ADEX$SAFE & ADEX$AVISIT %in% codes_of("cycle"), c("USUBJID", "ASTDT")])
  near <- mapply(function(who, on) {
    gap <- as.numeric(day(on) - day(given_days$ASTDT[given_days$USUBJID == who]))
    any(gap >= 0 & gap <= 3, na.rm = TRUE)
  }, EGFR$USUBJID, EGFR$ADT)
  lines <- EGFR[yes(EGFR$ABLFL) | (EGFR$DAY > 0 & !near), ]
  lines$YEARS <- lines$DAY / 365.25
  fast <- vapply(split(lines, lines$USUBJID), function(own) {
    if (nrow(own) < 3 || diff(range(own$YEARS)) < 1 - 1e-9) NA else coef(lm(AVAL ~ YEARS, own))[[2]] < -5
  }, NA)
  fast <- fast[!is.na(fast)]
  for (group in GROUPS) {
    members <- within(SAFETY, group)$USUBJID
    for (name in c("progressed", "rapid")) {
      known <- if (name == "progressed") worse else fast
      known <- known[names(known) %in% members]
      rated(paste("kidney", name, group, sep = "."), sum(known), length(known))
    }
  }

  for (kind in c("total", "chronic")) {
    x <- if (kind == "total") lines else lines[lines$DAY > 91.3125, ]
    block <- paste0("kidney.slope.", kind)
    keep(block, n = length(unique(x$USUBJID)), values = nrow(x))
    spans <- vapply(split(x$YEARS, x$USUBJID), function(years) diff(range(years)), 0)
    for (arm in ARMS) {
      own <- spans[unique(within(x, arm)$USUBJID)]
      keep(paste(block, arm, sep = "."), n = length(own), values = nrow(within(x, arm)), span = if (length(own)) median(own) else NA)
    }
    # Without random slopes where they vary no more than by error: then the likelihood is highest without them.
    method <- results$method[match(paste(block, CONTROL, "slope", sep = "."), results$analysis_id)]
    if (is.na(method) || !grepl("^REML", method)) next
    there <- ARMS[ARMS %in% x$ARM]
    X <- outer(x$ARM, there, `==`) * 1
    # Where few patients have a small error the way from half of the variance may end at the edge of what is one, or
    # at a lower of two maxima: of all starts the highest restricted likelihood is kept.
    fit <- NULL
    for (error in ERROR_STARTS) {
      again <- reml_lines(x$AVAL, cbind(X, X * x$YEARS), x$USUBJID, x$YEARS, TRUE, error)
      if (has_slopes(again) && (is.null(fit) || again$loglik > fit$loglik)) fit <- again
    }
    # Lines without slopes of their own are at the edge of those with: the higher likelihood counts.
    alone <- reml_lines(x$AVAL, cbind(X, X * x$YEARS), x$USUBJID, x$YEARS, FALSE)
    if (!has_slopes(fit) || (!is.null(alone) && alone$loglik > fit$loglik + 1e-6)) fit <- alone
    if (is.null(fit) || is.null(fit$W_observed)) next
    df_by <- if (grepl("Satterthwaite", method)) "satterthwaite" else "kenward_roger"
    fitted_row <- function(l, block, name, p) {
      at <- combination(fit, l, df_by)
      reach <- qt((1 + CONFIDENCE) / 2, at[["df"]]) * at[["se"]]
      keep_all(block, setNames(c(at[["estimate"]], at[["se"]], at[["df"]], at[["estimate"]] - reach, at[["estimate"]] + reach),
        c(name, "se", "df", "ci_low", "ci_high")))
      if (p) keep(block, p = 2 * pt(-abs(at[["estimate"]] / at[["se"]]), at[["df"]]))
    }
    few <- vapply(ARMS, function(arm) length(unique(within(x, arm)$USUBJID)), 0)
    slope_of <- function(arm) c(rep(0, length(there)), (there == arm) * 1)
    for (arm in ARMS[few > 1]) {
      fitted_row(slope_of(arm), paste(block, arm, sep = "."), "slope", FALSE)
      if (arm != CONTROL && few[[CONTROL]] > 1) {
        fitted_row(slope_of(arm) - slope_of(CONTROL), paste(block, arm, "difference", sep = "."), "difference", min(few[c(arm, CONTROL)]) >= MIN_GROUP)
      }
    }
  }

  # A fall by a part of the baseline that the next value some days later confirms, or that no later value can.
  wait <- plan_number("decline_confirmation_days")
  if (any(startsWith(results$analysis_id, "kidney.decline."))) for (fraction in plan_number("decline_fractions")) {
    x <- data.frame(USUBJID = character(0), ARM = character(0), unconfirmed = logical(0), AVAL = numeric(0), STATE = character(0))
    x <- do.call(rbind, c(list(x), lapply(split(compared_later, compared_later$USUBJID), function(own) {
      fallen <- own$AVAL <= (1 - fraction) * own$BASE + 1e-9
      event <- confirmed <- NA
      for (place in which(fallen)) {
        next_one <- which(own$DAY - own$DAY[place] >= wait)
        if (length(next_one)) confirmed <- if (fallen[next_one[1]]) TRUE else NA
        else confirmed <- if (all(fallen[place:nrow(own)])) FALSE else NA
        if (!is.na(confirmed)) {
          event <- own$DAY[place]
          break
        }
      }
      here <- SAFETY[SAFETY$USUBJID == own$USUBJID[1], ]
      died <- as.numeric(day(here$DTHDT) - day(here$TRTSDT))
      happened <- !is.na(event) && (is.na(died) || event <= died)
      data.frame(USUBJID = own$USUBJID[1], ARM = here$ARM, unconfirmed = happened && !confirmed,
        AVAL = max(if (happened) event else if (!is.na(died)) died else max(own$DAY), 0) / MONTH,
        STATE = if (happened) "event" else if (!is.na(died)) "death" else "none")
    })))
    x$STATE <- factor(x$STATE, c("none", "event", "death"))
    for (group in GROUPS) {
      block <- paste("kidney.decline", by_month(100 * fraction), group, sep = ".")
      here <- within(x, group)
      incidence_of(block, here, plan_number("late_landmark_months"), NULL)
      keep(block, n_without = nrow(within(SAFETY, group)) - nrow(here), unconfirmed = sum(here$unconfirmed))
    }
  }
}

# ---------------------------------------------------------------------------------------------------------------
# Vital signs by visit, losses of weight, and the worst Karnofsky status after the first administration
# ---------------------------------------------------------------------------------------------------------------

ADVS <- read_table("datasets/advs.csv", required = FALSE)
if (is.null(ADVS)) ADVS <- data.frame(USUBJID = character(), PARAMCD = character(), AVAL = character(), BASE = character(),
  CHG = character(), ADY = character(), AVISIT = character(), ABLFL = character(), ANL01FL = character())
if (any(startsWith(results$analysis_id, "vitals."))) {
  for (column in c("AVAL", "BASE", "CHG", "ADY")) ADVS[[column]] <- number(ADVS[[column]])
  ADVS$ARM <- of_patient(ADVS, "SAFARM")
  ADVS <- ADVS[yes(of_patient(ADVS, "SAFFL")) & !is.na(ADVS$AVAL), ]
  ADVS$LATER <- is(ADVS$ADY > 1, TRUE)
  # Signs and times are those that the report asks for: vitals.SIGN.TIME.GROUP.value
  asked <- strsplit(grep("^vitals\\.[^.]+\\.[^.]+\\.all\\.value\\.n$", results$analysis_id, value = TRUE), ".", fixed = TRUE)
  described_at <- function(block, here, column, treated) {
    x <- here[[column]][!is.na(here[[column]])]
    described(block, x, treated - length(x))
  }
  for (parts in asked) {
    own <- ADVS[is(ADVS$PARAMCD, parts[2]), ]
    if (parts[3] == BASELINE) own <- own[yes(own$ABLFL), ]
    else if (parts[3] == "last") {
      own <- own[own$LATER, ]
      own <- own[!duplicated(own$USUBJID, fromLast = TRUE), ]
    } else own <- own[is(own$AVISIT, parts[3]) & yes(own$ANL01FL), ]
    own$PCHG <- 100 * own$CHG / ifelse(own$BASE > 0, own$BASE, NA)
    for (group in GROUPS) {
      here <- within(own, group)
      treated <- nrow(within(SAFETY, group))
      block <- paste("vitals", parts[2], parts[3], group, sep = ".")
      described_at(paste0(block, ".value"), here, "AVAL", treated)
      if (parts[3] == BASELINE) next
      described_at(paste0(block, ".change"), here, "CHG", treated)
      if (parts[2] == "WEIGHT") described_at(paste0(block, ".percent_change"), here, "PCHG", treated)
    }
  }
  lowest_of <- function(code) {
    own <- ADVS[is(ADVS$PARAMCD, code) & ADVS$LATER, ]
    own <- own[order(own$USUBJID, own$AVAL), ]
    own[!duplicated(own$USUBJID), ]
  }
  weights <- lowest_of("WEIGHT")
  weights <- weights[!is.na(weights$BASE) & is(weights$BASE > 0, TRUE), ]
  lost <- at_precision(-100 * weights$CHG / weights$BASE)
  for (group in GROUPS) {
    here <- if (group == "all") lost else lost[is(weights$ARM, group)]
    for (bound in c(5, 10, 20)) rated(paste0("vitals.WEIGHT.lost_ge", bound, ".", group), sum(here >= bound), length(here))
  }
  first <- ADVS[is(ADVS$PARAMCD, "KPS") & yes(ADVS$ABLFL), ]
  worst <- lowest_of("KPS")
  status <- data.frame(ARM = SAFETY$ARM, before = first$AVAL[match(SAFETY$USUBJID, first$USUBJID)],
    after = worst$AVAL[match(SAFETY$USUBJID, worst$USUBJID)])
  level_of <- function(x) ifelse(is.na(x), "missing", ifelse(x < 60, "below_60", as.character(pmin(10 * floor(x / 10), 100))))
  levels_of <- c("100", "90", "80", "70", "60", "below_60", "missing")
  for (group in GROUPS) {
    here <- within(status, group)
    both <- here[!is.na(here$before) & !is.na(here$after), ]
    rated(paste0("vitals.KPS.worsened.", group), sum(both$after < both$before), nrow(both))
    for (before in levels_of) for (after in levels_of) {
      block <- paste("vitals.KPS.shift", before, after, group, sep = ".")
      cell <- sum(level_of(here$before) == before & level_of(here$after) == after)
      if ("missing" %in% c(before, after)) keep(block, n = cell) else counted(block, cell, nrow(both))
    }
  }
}

# ---------------------------------------------------------------------------------------------------------------
# Blood counts: the lowest value, low values and recovery, cycles given late or reduced, spells that last
# ---------------------------------------------------------------------------------------------------------------

ADCM <- read_table("datasets/adcm.csv", required = FALSE)
if (any(startsWith(results$analysis_id, "course.")) && exists("given_on")) {
  counts <- Filter(function(code) is(setting("analyte", code, "category")[1], "HEMATOLOGY"), ANALYTES)
  started <- setNames(day(SAFETY$TRTSDT), SAFETY$USUBJID)
  cycles_of <- unique(ADEX[ADEX$SAFE & ADEX$AVISIT %in% codes_of("cycle") & !is.na(ADEX$ASTDT), c("USUBJID", "AVISIT", "ASTDT", "DOSREAS")])
  cycles_of <- cycles_of[!duplicated(cycles_of[c("USUBJID", "AVISIT")]), ]
  cycles_of <- cycles_of[order(cycles_of$USUBJID, cycles_of$ASTDT), ]
  # Growth factors and transfusions count as the plan says; one without an end goes on.
  helped <- NULL
  if (!is.null(ADCM)) {
    helped <- ADCM[yes(ADCM$SUPPFL) & !is.na(ADCM$ASTDT), ]
    helped <- data.frame(USUBJID = helped$USUBJID, from = day(helped$ASTDT), to = day(ifelse(is.na(helped$AENDT), "2200-01-01", helped$AENDT)))
  }
  support_rule <- if (is.null(helped)) "as_observed" else plan("recovery_support")
  support_days <- plan_number("recovery_support_days")
  given_from <- function(who, start, end) any(helped$USUBJID == who & helped$from <= end & helped$to >= start)
  owes <- function(who, on) any(helped$USUBJID == who & helped$from <= on & helped$to + support_days >= on)
  first_after <- function(who, start) {
    own <- helped[helped$USUBJID == who & helped$to >= start, ]
    if (nrow(own)) min(pmax(own$from, start)) else as.Date(NA)
  }
  of_day <- function(x) as.Date(x, origin = "1970-01-01")
  # One patient's time: from a start to an event, to what competes, or to the last value.
  ended <- function(here, start, event, last, rivals) {
    rivals <- rivals[!is.na(rivals) & rivals >= start]
    rival <- if (length(rivals)) min(rivals) else as.Date(NA)
    happened <- !is.na(event) && (is.na(rival) || event <= rival)
    end <- if (happened) event else if (!is.na(rival)) rival else last
    data.frame(USUBJID = here$USUBJID, ARM = here$ARM, days = max(as.numeric(end - start), 0), end = end,
      STATE = if (happened) "event" else if (!is.na(rival)) "death" else "none")
  }
  state_of <- function(x) factor(x, c("none", "event", "death"))
  no_day <- as.Date(character(0))
  no_time <- data.frame(USUBJID = character(0), ARM = character(0), days = numeric(0), end = no_day, STATE = character(0))
  no_pair <- data.frame(USUBJID = character(0), ARM = character(0), NEXT = character(0), low = logical(0),
    recovered = logical(0), supported = logical(0), changed = logical(0))
  bound_to <- function(empty, pieces) do.call(rbind, c(list(empty), pieces))
  with_term <- function(code, grade) {
    !any(grepl("no term|derivable", results$note[match(paste("course", code, grade, "all.events", sep = "."), results$analysis_id)]))
  }
  low_before <- list()
  spells <- list()
  for (code in c(counts, Filter(function(code) is(setting("analyte", code, "category")[1], "RENAL"), ANALYTES))) {
    own <- ADLB[ADLB$SAFE & is(ADLB$PARAMCD, code) & is.na(ADLB$DTYPE), ]
    base <- own[yes(own$ABLFL), ]
    base <- setNames(base$ATOXGRMX, base$USUBJID)
    own <- own[is(number(own$ADY) > 1, TRUE), ]
    own <- own[order(own$USUBJID, own$ADT, number(own$LBSEQ)), ]
    own$ON <- day(own$ADT)
    graded <- own[!is.na(own$ATOXGRMN), ]
    bound <- function(who) max(1, base[who], na.rm = TRUE)
    is_count <- code %in% counts

    lowest <- vapply(SAFETY$USUBJID, function(who) {
      here <- SAFETY[SAFETY$USUBJID == who, ]
      until <- day(here$TRTEDT) + plan_number("lowest_value_days")
      other <- day(here$NTRTSDT)
      if (is(other >= started[[who]], TRUE)) until <- min(until, other)
      x <- own[own$USUBJID == who & own$ON <= until & !is.na(own$AVAL), ]
      if (nrow(x)) as.numeric(x$ON[order(x$AVAL, x$ON)[1]] - started[[who]]) / 7 else NA
    }, 0)
    reached <- function(grade) bound_to(cbind(no_time, open = logical(0)), lapply(SAFETY$USUBJID, function(who) {
      here <- SAFETY[SAFETY$USUBJID == who, ]
      x <- graded[graded$USUBJID == who, ]
      if (!nrow(x)) return(NULL)
      found <- ended(here, started[[who]], x$ON[x$ATOXGRMN >= grade][1], max(x$ON), day(c(here$DTHDT, here$NTRTSDT)))
      open <- x$ON[x$ATOXGRMN < grade & x$ATOXGRMX >= grade][1]
      cbind(found, open = !is.na(open) && open < found$end)
    }))
    recovered <- function(rule) bound_to(cbind(no_time, start = no_day, open = logical(0)), lapply(SAFETY$USUBJID, function(who) {
      here <- SAFETY[SAFETY$USUBJID == who, ]
      low <- twos[twos$USUBJID == who & twos$STATE == "event", ]
      if (!nrow(low)) return(NULL)
      start <- low$end
      x <- graded[graded$USUBJID == who & graded$ON > start, ]
      fine <- x$ATOXGRMX <= bound(who)
      rivals <- day(c(here$DTHDT, here$NTRTSDT))
      if (rule == "unsupported") fine <- fine & !vapply(x$ON, function(on) owes(who, of_day(on)), NA)
      if (rule == "not_recovered") rivals <- c(rivals, first_after(who, start))
      open <- x$ON[x$ATOXGRMN <= bound(who) & x$ATOXGRMX > bound(who)][1]
      found <- ended(here, start, x$ON[fine][1], if (nrow(x)) max(x$ON) else start, rivals)
      cbind(found, start = start, open = !is.na(open) && open < found$end)
    }))
    if (is_count && FINAL) {
      twos <- reached(2)
      times <- list(grade_ge2 = twos, grade_ge3 = reached(3), recovery = recovered(support_rule))
      observed <- recovered("as_observed")
      for (name in names(times)) for (group in GROUPS) {
        if (!with_term(code, name)) next
        x <- within(times[[name]], group)
        block <- paste("course", code, name, group, sep = ".")
        x$AVAL <- x$days / MONTH
        x$STATE <- state_of(x$STATE)
        incidence_of(block, x, plan_number("grade_landmark_months"), NULL)
        at_risk <- if (name == "recovery") sum(within(twos, group)$STATE == "event") else nrow(within(SAFETY, group))
        keep(block, n_without = at_risk - nrow(x), n_open = sum(x$open))
        if (name == "recovery" && !is.null(helped)) {
          before <- observed[match(x$USUBJID, observed$USUBJID), ]
          keep(block, supported = sum(vapply(seq_len(nrow(x)), function(i) given_from(x$USUBJID[i], before$start[i], before$end[i]), NA)),
            changed = sum(before$days != x$days | before$STATE != x$STATE))
        }
      }
    }
    pairs <- bound_to(no_pair, lapply(split(cycles_of, cycles_of$USUBJID), function(own_cycles) {
      if (nrow(own_cycles) < 2) return(NULL)
      who <- own_cycles$USUBJID[1]
      do.call(rbind, lapply(seq_len(nrow(own_cycles) - 1), function(i) {
        from <- day(own_cycles$ASTDT[i])
        to <- day(own_cycles$ASTDT[i + 1])
        x <- graded[graded$USUBJID == who & graded$ON > from & graded$ON <= to, ]
        low <- any(x$ATOXGRMN >= 2)
        good <- nrow(x) > 0 && x$ATOXGRMX[nrow(x)] <= bound(who)
        spoils <- switch(if (is_count) support_rule else "as_observed", as_observed = FALSE,
          unsupported = nrow(x) > 0 && owes(who, x$ON[nrow(x)]), not_recovered = given_from(who, from + 1, to))
        data.frame(USUBJID = who, ARM = ADSL$SAFARM[ADSL$USUBJID == who], NEXT = own_cycles$AVISIT[i + 1], low = low, recovered = low && good && !spoils,
          supported = low && !is.null(helped) && given_from(who, from + 1, to), changed = low && good && spoils)
      }))
    }))
    low_before[[code]] <- pairs
    if (!is_count) next
    for (group in GROUPS) {
      members <- within(SAFETY, group)$USUBJID
      weeks <- lowest[members]
      described(paste("course", code, "lowest", group, sep = "."), as.numeric(weeks[!is.na(weeks)]), sum(is.na(weeks)))
      if (!with_term(code, "next_cycle")) next
      x <- within(pairs, group)
      block <- paste("course", code, "next_cycle", group, sep = ".")
      keep(block, cycles = nrow(x))
      if (!any(!is.na(graded$ATOXGRMN))) next
      keep(block, low = sum(x$low), recovered = sum(x$recovered), patients = length(unique(x$USUBJID[x$low])))
      if (!is.null(helped)) keep(block, supported = sum(x$supported), changed = sum(x$changed))
    }
    # A spell: every day of values certainly of the grade, and above that of the baseline; of one day the worst counts.
    if (!(code %in% MARROW)) next
    for (who in unique(graded$USUBJID)) {
      x <- graded[graded$USUBJID == who, ]
      x <- x[order(x$ON, x$ATOXGRMN), ]
      x <- x[!duplicated(x$ON, fromLast = TRUE), ]
      before <- base[who]
      bad <- x$ATOXGRMN >= plan_number("persistent_grade") & x$ATOXGRMN > (if (is.na(before)) 0 else before)
      runs <- rle(bad)
      ends <- cumsum(runs$lengths)
      starts <- ends - runs$lengths + 1
      lasting <- runs$values & as.numeric(x$ON[ends] - x$ON[starts]) > plan_number("persistent_days")
      if (any(lasting)) spells[[length(spells) + 1]] <- data.frame(USUBJID = who, ARM = ADSL$SAFARM[ADSL$USUBJID == who], n = sum(lasting))
    }
  }
  spells <- do.call(rbind, c(list(data.frame(USUBJID = character(0), ARM = character(0), n = numeric(0))), spells))
  pairs <- low_before[[1]]
  low <- Reduce(`|`, lapply(low_before, function(x) x$low))
  late <- paste(pairs$USUBJID, pairs$NEXT) %in%
    with(given_on[is(given_on$late > 0, TRUE), ], paste(USUBJID, AVISIT))
  later_cycles <- cycles_of[duplicated(cycles_of$USUBJID), ]
  later_cycles$ARM <- of_patient(later_cycles, "SAFARM")
  for (group in GROUPS) {
    here <- if (group == "all") rep(TRUE, length(late)) else is(pairs$ARM, group)
    keep(paste0("course.changed_cycles.", group), cycles = sum(here), delayed = sum(late & here), delayed_low = sum(late & low & here),
      reduced = sum(is(within(later_cycles, group)$DOSREAS, "TOXICITY")))
    x <- within(spells, group)
    keep(paste0("course.persistent.", group), patients = length(unique(x$USUBJID)), spells = sum(x$n))
  }
}

# ---------------------------------------------------------------------------------------------------------------
# Analysis sets, deviations from the protocol, further therapies
# ---------------------------------------------------------------------------------------------------------------

ADDV <- read_table("datasets/addv.csv", required = FALSE)
if (any(startsWith(results$analysis_id, "protocol."))) {
  sets <- c(randomised = "RANDFL", safety = "SAFFL", dosimetry = "DOSFL", completed = "COMPLFL", per_protocol = "PPROTFL")
  treated <- yes(ADSL$SAFFL)
  as_planned <- is(ADSL$TRT01A == ADSL$TRT01P, TRUE)
  left <- list(not_treated = !treated, treated_otherwise = treated & !as_planned, deviation = treated & as_planned & !yes(ADSL$PPROTFL))
  if (is.null(ADDV)) {
    sets <- sets[names(sets) != "per_protocol"]
    left$deviation <- NULL
  }
  for (group in GROUPS) {
    here <- group == "all" | is(ADSL$TRT01P, group)
    for (name in names(sets)) counted(paste("protocol.set", name, group, sep = "."), sum(here & yes(ADSL[[sets[[name]]]])), sum(here))
    for (why in names(left)) counted(paste("protocol.excluded", why, group, sep = "."), sum(here & left[[why]]), sum(here))
    if (is.null(ADDV)) next
    own <- ADDV[ADDV$USUBJID %in% ADSL$USUBJID[here], ]
    important <- own[yes(own$IMPDVFL), ]
    chosen <- list(any = own, important = important, excluding = own[yes(own$EXCLPPFL), ])
    names(chosen) <- paste0("deviation.", names(chosen))
    for (category in labels_of("protocol_deviations.CATEGORY")) chosen[[paste0("important.", category)]] <- important[is(important$DVCAT, category), ]
    for (name in names(chosen)) {
      block <- paste("protocol", name, group, sep = ".")
      counted(block, length(unique(chosen[[name]]$USUBJID)), sum(here))
      keep(block, deviations = nrow(chosen[[name]]))
    }
  }
}
if (!is.null(ADCM) && any(startsWith(results$analysis_id, "therapy."))) {
  further <- ADCM[yes(ADCM$FURTHFL), ]
  further$CMCLAS[is.na(further$CMCLAS)] <- "not_recorded"
  line <- c("first", "second")[number(further$CMLINE)]
  further$LINE <- ifelse(is.na(further$CMLINE), "not_recorded", ifelse(is.na(line), "later", line))
  for (group in TIME_GROUPS) {
    own <- of_group(times_of("PFS"), group)$USUBJID
    here <- further[further$USUBJID %in% own, ]
    affected <- function(records) length(unique(records$USUBJID))
    counted(paste0("therapy.any.", group), affected(here), length(own))
    for (name in c(labels_of("concomitant_therapies.CLASS"), "not_recorded")) {
      counted(paste("therapy.class", name, group, sep = "."), affected(here[here$CMCLAS == name, ]), length(own))
    }
    for (name in c("first", "second", "later", "not_recorded")) {
      counted(paste("therapy.line", name, group, sep = "."), affected(here[here$LINE == name, ]), length(own))
    }
  }
}


# ---------------------------------------------------------------------------------------------------------------
# Comparison with results.csv
# ---------------------------------------------------------------------------------------------------------------

# How far apart two engines may lie: relative to the larger of the two numbers. What is beyond `agrees` and within
# `explained` is the accuracy or the convention of a procedure of R, which `reason` names.
AGREES <- 1e-8
NOISE <- 1e-12
OF_DIFFERENCES <- "^(kidney\\.slope|labs\\.[^.]+\\.(model|late))\\.|\\.(tukey_hsd|games_howell)\\."
FIRTH_UNIT <- 0.01  # no standard error of a logarithm of hazard ratios of two arms is smaller: it takes 40,000 events
accuracy <- list()
accurate <- function(pattern, explained, reason, absolute = 0) {
  accuracy[[length(accuracy) + 1]] <<- list(pattern = pattern, explained = explained, reason = reason, absolute = absolute)
}
accurate("\\.(tukey_hsd|games_howell)\\..*\\.p$", 1e-5, "the studentized range is integrated numerically", absolute = 1e-8)
accurate("\\.(tukey_hsd|games_howell)\\..*\\.ci_(low|high)$", 1e-5, "the studentized range is integrated numerically")
accurate("\\.shapiro_wilk\\..*\\.p$", 1e-5, "two programs of one algorithm (AS R94), which round on the way")
accurate("\\.firth\\.", 1e-6, "the penalised likelihood is maximised by root finding")

# Where R and this package answer differently on purpose: a block, what R says there, and why.
conventions <- new.env(hash = TRUE, parent = emptyenv())

family_of <- function(id) {
  parts <- strsplit(id, ".", fixed = TRUE)[[1]]
  if (parts[1] == "labs") {
    if (length(parts) > 2 && parts[3] %in% c("model", "late", "nadir")) return(paste0("labs.", parts[3]))
    if ("paired" %in% parts) return("labs.paired")
    if ("between" %in% parts) return("labs.between")
    return("labs.change")
  }
  if (parts[1] %in% c("pfs", "os", "pfshyp", "ae", "ae3", "dor") && length(parts) > 2) return(paste(parts[1:2], collapse = "."))
  parts[1]
}

block_of <- function(id) sub("\\.[^.]*$", "", id)
judge <- function(id, ours, second) {
  answer <- function(verdict, reason = "") list(verdict = verdict, reason = reason)
  if (exists(id, envir = conventions, inherits = FALSE)) return(answer("explained", get(id, envir = conventions)))
  if (is.na(second)) return(answer("differs", "R finds no number here"))
  distance <- abs(ours - second)
  if (!is.null(MONTE_CARLO[[id]]) && distance <= MONTE_CARLO[[id]]) return(answer("explained", "other random permutations: within the Monte Carlo error"))
  scale <- max(abs(ours), abs(second))
  # A limit near 0 of a difference has no digits of its own: its unit is half the width of its interval.
  if (grepl(OF_DIFFERENCES, id) && grepl("\\.ci_(low|high)$", id)) {
    ends <- results$number[match(paste0(block_of(id), c(".ci_low", ".ci_high")), results$analysis_id)]
    scale <- max(scale, diff(ends) / 2, na.rm = TRUE)
  }
  # A coefficient that is 0 but for arithmetic has no digits of its own: near 0 its unit is a logarithm of a ratio.
  noise <- if (grepl("\\.firth\\.coef$", id)) AGREES * FIRTH_UNIT else NOISE
  if (distance <= noise || distance <= AGREES * scale) return(answer("agrees"))
  for (rule in accuracy) {
    if (grepl(rule$pattern, id)) {
      if (distance <= max(rule$explained * scale, rule$absolute)) return(answer("explained", rule$reason))
      break
    }
  }
  answer("differs", paste0("relative difference ", formatC(distance / scale, digits = 2, format = "g")))
}

# What a number was computed from and is not in the folder of the report.
withheld <- character(0)
if (is(setting("report", "", "session")[1], "open")) {
  withheld <- c(
    "^disposition\\.(died|vital_unknown|reason\\..*)\\.",
    "^ae\\.worst_grade\\.[45]\\.",
    "^ae\\.interest\\.(renal_failure|persistent_severe_haematological)\\.",
    "^ae\\.(deaths|overview\\.fatal)\\.",
    paste0("^protocol\\.excluded\\.[a-z_]+\\.(", paste(ARMS, collapse = "|"), ")\\."),
    "^ae\\.terms\\.any\\..*\\.worst\\.(4|5|unknown)\\.",
    "^ae\\.(outcome|terms)\\..*\\.(recovered|sequelae|recovering|not_recovered|fatal|unknown|worsened)$"
  )
  reason_withheld <- "its records are withheld from an open session"
}
if (is(setting("report", "", "blinded")[1], "1")) {
  withheld <- c(
    "^(activity|table2|table3|limit|exposure|dose_effect|dose_harm|pfs\\.dose)\\.",
    "^ae\\.overview\\.(delayed|reduced|discontinued|related_[a-z0-9]+)\\.",
    "^protocol\\.set\\.dosimetry\\.",
    "^disposition\\.dosimetry\\."
  )
  reason_withheld <- "records of treatment are withheld in a dry run"
}
# By the words of results.csv too: what is pooled only is computed from records that the folder does not hold.
if (is(setting("report", "", "session")[1], "open")) {
  pooled_only <- results$analysis_id[is(results$note, "pooled only in an open session")]
  rm(list = intersect(ls(found, all.names = TRUE), pooled_only), envir = found)
}
for (pattern in withheld) rm(list = grep(pattern, ls(found), value = TRUE), envir = found)

results$number <- number(results$stat)
rows <- list()
for (i in which(!is.na(results$number))) {
  id <- results$analysis_id[i]
  covered <- exists(id, envir = found, inherits = FALSE)
  second <- if (covered) get(id, envir = found) else NA_real_
  verdict <- if (covered) judge(id, results$number[i], second) else
    list(verdict = "not covered", reason = if (any(vapply(withheld, grepl, NA, id))) reason_withheld else "no procedure of this program")
  rows[[length(rows) + 1]] <- list(id = id, stat = results$number[i], second = second, verdict = verdict)
}
# What R finds where the report says that there is no number, or has no row.
ids <- sort(ls(found, all.names = TRUE))
at <- match(ids, results$analysis_id)
# A row that is not there is missed where others of its block are.
missed <- !is.na(at) | block_of(ids) %in% block_of(results$analysis_id)
for (id in ids[missed & is.na(results$number[at])]) {
  second <- get(id, envir = found)
  if (is.na(second)) next
  verdict <- if (exists(id, envir = conventions, inherits = FALSE)) list(verdict = "explained", reason = get(id, envir = conventions))
  else list(verdict = "differs", reason = if (id %in% results$analysis_id) paste("the report has no number here:", results$note[match(id, results$analysis_id)])
    else "results.csv has no such row")
  rows[[length(rows) + 1]] <- list(id = id, stat = NA_real_, second = second, verdict = verdict)
}

quoted <- function(x) ifelse(grepl("[\",\n]", x), paste0("\"", gsub("\"", "\"\"", x), "\""), x)
exact <- function(x) {
  short <- sprintf("%.15g", x)
  ifelse(is.na(x), "", ifelse(number(short) == x, short, sprintf("%.17g", x)))
}
of_rows <- function(one, kind) vapply(rows, one, kind)
verdicts <- of_rows(function(row) row$verdict$verdict, "")
families <- of_rows(function(row) family_of(row$id), "")
first <- of_rows(function(row) row$stat, 0)
again <- of_rows(function(row) row$second, 0)
reasons <- of_rows(function(row) row$verdict$reason, "")
lines <- paste(quoted(of_rows(function(row) row$id, "")), exact(first), exact(again), exact(again - first), ENGINE, VERSION,
  quoted(verdicts), quoted(reasons), sep = ",")[seq_along(rows)]
dir.create(OUT, showWarnings = FALSE, recursive = TRUE)
written <- file(file.path(OUT, "verification_r.csv"), open = "wb")
writeLines(enc2utf8(c("analysis_id,stat,second,difference,engine,version,verdict,reason", lines)), written, useBytes = TRUE)
close(written)

# ---------------------------------------------------------------------------------------------------------------
# Summary
# ---------------------------------------------------------------------------------------------------------------

shown <- c("agrees", "explained", "differs", "not covered")
counts <- table(factor(families, unique(families)), factor(verdicts, shown))
width <- max(nchar(c(rownames(counts), "all numbers")))
line <- function(name, n) cat(formatC(name, width = -width), formatC(n, width = 12), sep = "", fill = FALSE, "\n")
line("", shown)
for (name in rownames(counts)) line(name, counts[name, ])
line("all numbers", colSums(counts))
cat(sprintf("%s %s, survival %s: %.2f %% of the numbers agree, %.2f %% agree or are explained.\n", ENGINE, VERSION,
  as.character(utils::packageVersion("survival")), 100 * mean(verdicts == "agrees"),
  100 * mean(verdicts %in% c("agrees", "explained"))))
for (row in utils::head(rows[verdicts == "differs"], 50)) {
  cat("DIFFERS ", row$id, ": ", exact(row$stat), " in results.csv, ", exact(row$second), " in R (", row$verdict$reason, ")\n", sep = "")
}
more <- sum(verdicts == "differs") - 50
if (more > 0) cat("and ", more, " more: see verification_r.csv\n", sep = "")
quit(save = "no", status = if (any(verdicts == "differs")) 1 else 0)
