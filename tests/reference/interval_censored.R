# Weibull model of interval-censored times by R's survival package, 4.2.2.
# Input: interval_censored.csv, made by make_rows below (simulated): lower and upper bound of the time (upper empty: censored;
# equal: exact) and x, the group. Output: interval_censored.json. Run in this folder: Rscript interval_censored.R
library(survival)

make_rows <- function() {
  set.seed(20261130)
  n <- 92
  x <- as.integer(seq_len(n) %% 4 > 0)
  time <- rexp(n, 0.0235 * exp(-0.7 * x))
  end <- runif(n, 20, 100)
  rows <- lapply(seq_len(n), function(i) {
    visits <- c(0, pmax(0.1, seq(2.76, 130, by = 2.76) + rnorm(47, 0, 0.2)))
    visits <- visits[visits <= end[i]]
    if (time[i] > max(visits)) return(c(max(visits), NA))
    if (i %% 9 == 0) return(c(time[i], time[i]))
    c(max(visits[visits < time[i]]), min(visits[visits >= time[i]]))
  })
  bounds <- do.call(rbind, rows)
  data.frame(lower = round(bounds[, 1], 4), upper = round(bounds[, 2], 4), x = x)
}
if (!file.exists("interval_censored.csv")) {
  write.csv(make_rows(), "interval_censored.csv", row.names = FALSE, quote = FALSE, na = "")
}

d <- read.csv("interval_censored.csv")
d$lower[d$lower == 0] <- NA
fit <- survreg(Surv(lower, upper, type = "interval2") ~ x, data = d, dist = "weibull",
               control = survreg.control(rel.tolerance = 1e-14, maxiter = 100))
# log hazard ratio = -coefficient / scale; its standard error by the delta method
scale <- fit$scale
b <- unname(coef(fit)["x"])
v <- vcov(fit)[c("x", "Log(scale)"), c("x", "Log(scale)")]
slope <- c(-1 / scale, b / scale)
out <- c(log_hazard_ratio = -b / scale, std_err = sqrt(drop(t(slope) %*% v %*% slope)), loglik = fit$loglik[2])
cat(sprintf('{"log_hazard_ratio": %.12g, "std_err": %.12g, "loglik": %.12g}\n', out[1], out[2], out[3]),
    file = "interval_censored.json")
