# Survival statistics of five simulated final cuts by R's survival package.
# Input: PFS of SIMULATED patients (simulate_cut, seeds 1 to 5, 92 patients, stage FINAL), months to progression or death
# or to censoring: final_cuts.csv; the same cut at each administration, with the activity given so far in GBq:
# final_cuts_intervals.csv. Output: final_cuts.json.
# Run in this folder: Rscript final_cuts.R
library(survival)
library(splines)

number <- function(x) {
  x <- as.numeric(x)
  out <- ifelse(is.na(x), "null", formatC(x, digits = 17, format = "g"))
  if (length(out) == 1) out else paste0("[", paste(out, collapse = ", "), "]")
}
entry <- function(name, x) paste0('"', name, '": ', number(x))
object <- function(...) paste0("{", paste(c(...), collapse = ", "), "}")

rows <- read.csv("final_cuts.csv", colClasses = c(arm = "character", stratum = "character"))
doses <- read.csv("final_cuts_intervals.csv", colClasses = c(arm = "character"))
cuts <- sapply(sort(unique(rows$cut)), function(k) {
  d <- rows[rows$cut == k, ]
  d$x <- as.numeric(d$arm != "A")
  at <- c(12, 20, 24, 36, 60)
  curve <- function(part) {
    f <- survfit(Surv(time, event) ~ 1, data = part, conf.type = "log-log")
    s <- summary(f, times = at, extend = TRUE)
    q <- quantile(f, 0.5)
    m <- summary(f, rmean = tau)$table
    m48 <- summary(f, rmean = 48)$table
    object(entry("time", f$time), entry("survival", f$surv), entry("lower", f$lower), entry("upper", f$upper),
           entry("rate", s$surv), entry("n_risk", s$n.risk),
           entry("median", q$quantile), entry("median_lower", q$lower), entry("median_upper", q$upper),
           entry("rmean", m["rmean"]), entry("rmean_se", m["se(rmean)"]),
           entry("rmean48", m48["rmean"]), entry("rmean48_se", m48["se(rmean)"]),
           entry("at_risk48", sum(part$time >= 48)))
  }
  tau <- min(tapply(d$time, d$x, max))
  lr <- survdiff(Surv(time, event) ~ x, data = d)
  lr4 <- survdiff(Surv(time, event) ~ arm, data = d)
  lrs <- survdiff(Surv(time, event) ~ x + strata(stratum), data = d)
  cox <- coxph(Surv(time, event) ~ x, data = d, ties = "efron", control = coxph.control(eps = 1e-13, toler.chol = 1e-15))
  coxs <- coxph(Surv(time, event) ~ x + strata(stratum), data = d, ties = "efron", control = coxph.control(eps = 1e-13, toler.chol = 1e-15))
  ci <- summary(cox)$conf.int
  # What the arms differ in: B, C and D are guided by dosimetry, B and C give a second isotope.
  among <- survdiff(Surv(time, event) ~ arm, data = d[d$arm != "A", ])
  d$second <- as.numeric(d$arm %in% c("B", "C"))
  exact <- coxph.control(eps = 1e-13, toler.chol = 1e-15)
  factors <- coxph(Surv(time, event) ~ x + second, data = d, ties = "efron", control = exact)
  alone <- coxph(Surv(time, event) ~ x, data = d[d$arm %in% c("A", "D"), ], ties = "efron", control = exact)
  z <- cox.zph(cox, transform = "km")
  order_of <- order(z$time)
  grid <- seq(min(z$x), max(z$x), length.out = 40)
  lmat <- ns(c(grid, z$x), df = 4, intercept = TRUE)
  qmat <- qr(lmat[-(1:40), ])
  smooth <- lmat[1:40, ] %*% qr.coef(qmat, z$y[, 1])
  i <- doses[doses$cut == k, ]
  td <- coxph(Surv(begin, end, event) ~ dose + strata(arm), data = i, ties = "efron", control = coxph.control(eps = 1e-13, toler.chol = 1e-15))
  paste0('"', k, '": ', object(
    entry("tau", tau), entry("among_chisq", among$chisq), entry("among_p", pchisq(among$chisq, 2, lower.tail = FALSE)),
    entry("factor_coef", coef(factors)), entry("factor_se", sqrt(diag(vcov(factors)))),
    entry("alone_coef", coef(alone)), entry("alone_se", sqrt(vcov(alone)[1, 1])),
    paste0('"experimental": ', curve(d[d$x == 1, ])),
    paste0('"control": ', curve(d[d$x == 0, ])),
    entry("log_rank", lr$chisq), entry("log_rank_four", lr4$chisq), entry("log_rank_stratified", lrs$chisq),
    entry("coef", coef(cox)), entry("se", sqrt(vcov(cox)[1, 1])), entry("hr", ci[1]), entry("hr_lower", ci[3]),
    entry("hr_upper", ci[4]), entry("loglik", cox$loglik),
    entry("coef_stratified", coef(coxs)), entry("se_stratified", sqrt(vcov(coxs)[1, 1])),
    entry("zph", z$table[1, "chisq"]), entry("schoenfeld_time", z$time[order_of]), entry("schoenfeld", z$y[order_of, 1]),
    entry("smooth", smooth),
    entry("dose_coef", coef(td)), entry("dose_se", sqrt(vcov(td)[1, 1])), entry("dose_loglik", td$loglik[2])
  ))
})
about <- paste0('"about": "', R.version.string, ", survival ", packageVersion("survival"), ', by final_cuts.R from SIMULATED cuts"')
writeLines(paste0("{\n", paste(c(about, cuts), collapse = ",\n"), "\n}"), "final_cuts.json")
