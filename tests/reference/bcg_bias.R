# Makes bcg_bias.json: Rscript tests/reference/bcg_bias.R, in the checkout.
# Trials that were not assigned at random get a known extra variance of twice the squared bias in
# their log odds ratio. All counts are multiplied, so that log odds ratios are normal.
suppressMessages({library(metafor); library(jsonlite)})
d <- dat.bcg
times <- 1000; bias <- 0.3
d$biased <- d$alloc != "random"
e <- escalc(measure = "OR", ai = tpos * times, bi = tneg * times, ci = cpos * times,
            di = cneg * times, data = d)
tell <- function(bias) {
  fit <- rma(e$yi, e$vi + 2 * bias^2 * e$biased, method = "REML",
             control = list(threshold = 1e-12, maxiter = 1000))
  list(estimate = c(fit$beta), std_error = fit$se, tau = sqrt(fit$tau2))
}
trials <- data.frame(trial = sprintf("%02d", d$trial), biased = d$biased, vaccine = d$tpos,
                     n_vaccine = d$tpos + d$tneg, control = d$cpos, n_control = d$cpos + d$cneg)
writeLines(toJSON(list(
  source = "Colditz 1994, JAMA 271:698 (R, metafor::dat.bcg); not random: alternate, systematic",
  software = paste("R", getRversion(), "metafor", packageVersion("metafor")),
  times = times, bias_sd = bias, trials = trials,
  without_bias = tell(0), with_bias = tell(bias)), auto_unbox = TRUE, digits = 10, pretty = TRUE),
  "tests/reference/bcg_bias.json")
