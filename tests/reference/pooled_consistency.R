# Makes pooled_consistency.json: Rscript tests/reference/pooled_consistency.R, in the checkout.
# lme4 with nAGQ = 0 and a given theta finds the joint mode of fixed and random effects, which is
# what the pooled model has at given standard deviations.
suppressMessages({library(lme4); library(metafor); library(jsonlite)})
folder <- "tests/reference/"
d <- read.csv(paste0(folder, "smoking_nma.csv"))
arms <- c("grp_counseling", "ind_counseling", "no_contact", "self_help")
d$study <- factor(d$study); d$trt <- factor(d$trt, levels = arms)
d$arm <- factor(paste(d$study, d$trt))
reml <- fromJSON(paste0(folder, "smoking_nma_reml.json"))$results$study_fixed$REML$sd$arm

joint <- function(formula, sd) {
  deviance <- suppressWarnings(glmer(formula, d, binomial, nAGQ = 0, devFunOnly = TRUE,
    control = glmerControl(tolPwrss = 1e-13, check.rankX = "silent.drop.cols")))
  deviance(sd)
  held <- environment(deviance)
  beta <- held$pp$beta(1); names(beta) <- colnames(held$pp$X)
  covariance <- held$pp$unsc(); dimnames(covariance) <- list(names(beta), names(beta))
  list(beta = beta, covariance = covariance,
       fit = -0.5 * (sum(held$resp$devResid()) + held$pp$sqrL(1)))
}
plain <- function(formula) {
  fit <- glm(formula, binomial, d); beta <- coef(fit); beta <- beta[!is.na(beta)]
  list(beta = beta, covariance = vcov(fit)[names(beta), names(beta)], fit = -0.5 * deviance(fit))
}
split <- function(sd) {
  rows <- list()
  for (i in 1:3) for (j in (i + 1):4) {
    both <- ave(d$trt == arms[i], d$study, FUN = max) * ave(d$trt == arms[j], d$study, FUN = max)
    d$za <<- both * (d$trt == arms[i]); d$zb <<- both * (d$trt == arms[j])
    fit <- if (sd > 0) joint(cbind(y, n - y) ~ study + trt + za + zb + (1 | arm), sd)
           else plain(cbind(y, n - y) ~ study + trt + za + zb)
    blank <- 0 * fit$beta; side <- blank; gap <- blank
    for (k in c(i, j)) { name <- paste0("trt", arms[k])
      if (name %in% names(blank)) side[name] <- if (k == i) 1 else -1 }
    if ("za" %in% names(gap)) gap["za"] <- 1
    if ("zb" %in% names(gap)) gap["zb"] <- -1
    tell <- function(x) c(sum(x * fit$beta), sqrt(c(x %*% fit$covariance %*% x)))
    rows[[length(rows) + 1]] <- list(one = arms[i], other = arms[j], direct = tell(side + gap),
                                     indirect = tell(side), difference = tell(gap))
  }
  rows
}
same <- cbind(y, n - y) ~ study + trt
test <- list(
  fixed = 2 * (plain(update(same, . ~ . + design:trt))$fit - plain(same)$fit),
  at_reml_sd = 2 * (joint(update(same, . ~ . + design:trt + (1 | arm)), reml)$fit -
                    joint(update(same, . ~ . + (1 | arm)), reml)$fit),
  freedom = 7)

pair <- function(name, add) {
  s <- read.csv(paste0(folder, name, ".csv"))
  fit <- rma(measure = "OR", ai = y_t, n1i = n_t, ci = y_c, n2i = n_c, data = s, method = "REML")
  glmm <- rma.glmm(measure = "OR", ai = y_t, n1i = n_t, ci = y_c, n2i = n_c, data = s,
                   model = "UM.FS")
  limits <- confint(fit)$random
  list(tau2 = fit$tau2, tau2_ci = unname(limits["tau^2", 2:3]), i_squared = fit$I2 / 100,
       i_squared_ci = unname(limits["I^2(%)", 2:3]) / 100, typical_variance = fit$vt,
       glmm_ml_tau2 = glmm$tau2, glmm_ml_i_squared = glmm$I2 / 100)
}
answer <- list(
  meta = list(source = "smoking_nma, nicotine_gum, bcg (metafor dat.bcg, Colditz 1994)",
    made_by = "pooled_consistency.R", R = R.version.string,
    lme4 = as.character(packageVersion("lme4")), metafor = as.character(packageVersion("metafor"))),
  smoking = list(sd = reml, splits_fixed = split(0), splits_at_reml_sd = split(reml), test = test),
  nicotine_gum = pair("nicotine_gum"), bcg = pair("bcg"))
write(toJSON(answer, auto_unbox = TRUE, digits = 12, pretty = TRUE), paste0(folder, "pooled_consistency.json"))
