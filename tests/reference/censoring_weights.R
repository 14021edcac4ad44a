# Inverse probability of censoring weights and weighted Cox models by R's survival package, 4.2.2.
# Input: censoring_weights.csv, made by make_rows below (simulated, times rounded so that there are ties):
# time, event, left (1: observation ended by something related to the outcome), arm, x (treated), age, grade.
# Output: censoring_weights.json. Run in this folder: Rscript censoring_weights.R
library(survival)

make_rows <- function() {
  set.seed(20261129)
  n <- 120
  arm <- rep(c("A", "B", "C", "D"), length.out = n)
  age <- round(rnorm(n, 63, 9))
  grade <- rbinom(n, 1, 0.4)
  event <- rexp(n, 0.05 * exp(0.5 * grade - 0.4 * (arm != "A")))
  left <- rexp(n, 0.03 * exp(0.8 * grade + 0.02 * (age - 63)))
  end <- runif(n, 12, 60)
  time <- pmin(event, left, end)
  data.frame(time = ceiling(time * 2) / 2, event = as.integer(event == time), left = as.integer(left == time),
             arm = arm, x = as.integer(arm != "A"), age = age, grade = grade)
}
if (!file.exists("censoring_weights.csv")) write.csv(make_rows(), "censoring_weights.csv", row.names = FALSE, quote = FALSE)

d <- read.csv("censoring_weights.csv")
d$id <- seq_len(nrow(d))
exact <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 100)
leaving <- coxph(Surv(time, left) ~ age + grade + strata(arm), data = d, ties = "breslow", control = exact)
cuts <- sort(unique(d$time[d$event == 1]))
long <- survSplit(Surv(time, event) ~ ., data = d, cut = cuts, start = "start", end = "stop")
long <- long[long$stop %in% cuts, ]
before <- function(haz, when, t) { at <- haz[when < t]; if (length(at)) max(at) else 0 }
base <- basehaz(leaving, centered = FALSE)
linear <- as.numeric(as.matrix(long[, c("age", "grade")]) %*% coef(leaving))
own <- mapply(function(t, arm) { b <- base[as.character(base$strata) == arm, ]; before(b$hazard, b$time, t) }, long$stop, long$arm)
plain <- mapply(function(t, arm) {
  f <- survfit(Surv(time, left) ~ 1, data = d[d$arm == arm, ], ctype = 1)
  before(f$cumhaz, f$time, t)
}, long$stop, long$arm)
long$w <- exp(own * exp(linear) - plain)
fit <- coxph(Surv(start, stop, event) ~ x, data = long, weights = w, cluster = id, ties = "efron", control = exact)
two <- coxph(Surv(start, stop, event) ~ x + grade, data = long, weights = w, cluster = id, ties = "efron", control = exact)

number <- function(x) { out <- formatC(as.numeric(x), digits = 17, format = "g"); if (length(out) == 1) out else paste0("[", paste(out, collapse = ", "), "]") }
model <- function(f) paste0('{"coef": ', number(coef(f)), ', "robust_se": ', number(sqrt(diag(vcov(f)))),
                            ', "naive_se": ', number(sqrt(diag(f$naive.var))), ', "loglik": ', number(f$loglik[2]), "}")
writeLines(paste0('{"about": "R ', R.version$major, ".", R.version$minor, ", survival ", packageVersion("survival"),
  ', censoring_weights.R", "leaving": ', number(coef(leaving)), ', "weights": ', number(long$w), ', "id": ', number(long$id),
  ', "one": ', model(fit), ', "two": ', model(two), "}"), "censoring_weights.json")
