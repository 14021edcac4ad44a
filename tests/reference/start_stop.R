# Cox models with delayed entry by R's survival package.
# Input: random start-stop records (tests/start_stop_fits.py), one problem per value of `fit`.
# Output: coefficients, standard errors and log likelihood of each, and whether R warned.
# Run: Rscript start_stop.R start_stop.csv start_stop_r.csv
library(survival)
options(digits = 17)
files <- commandArgs(trailingOnly = TRUE)
rows <- read.csv(files[1])
control <- coxph.control(eps = 1e-13, iter.max = 200, toler.chol = 1e-17)
number <- function(x) { x <- as.numeric(x); if (length(x) == 0 || is.na(x)) NA else formatC(x, digits = 17, format = "g") }
out <- lapply(split(rows, rows$fit), function(d) {
  warned <- 0
  two <- !is.na(d$x2[1])
  model <- if (two) Surv(begin, end, event) ~ x1 + x2 + strata(stratum) else Surv(begin, end, event) ~ x1 + strata(stratum)
  f <- tryCatch(
    withCallingHandlers(coxph(model, data = d, ties = d$ties[1], control = control, timefix = FALSE),
                        warning = function(w) { warned <<- 1; invokeRestart("muffleWarning") }),
    error = function(e) NULL)
  if (is.null(f)) return(data.frame(fit = d$fit[1], b1 = NA, se1 = NA, b2 = NA, se2 = NA, loglik = NA, warned = 2))
  se <- sqrt(diag(as.matrix(vcov(f))))
  data.frame(fit = d$fit[1], b1 = number(coef(f)[1]), se1 = number(se[1]),
             b2 = if (two) number(coef(f)[2]) else NA, se2 = if (two) number(se[2]) else NA,
             loglik = number(tail(f$loglik, 1)), warned = warned)
})
write.csv(do.call(rbind, out), files[2], row.names = FALSE, quote = FALSE)
