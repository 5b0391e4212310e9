# SPDX-License-Identifier: GPL-3.0-or-later
# Opens a result, panel or claims file with ncdf4 and reads every variable.  Rscript readers.R FILE.h5
# Without ncdf4 it says so and ends well.
path <- commandArgs(trailingOnly = TRUE)[1]
if (!requireNamespace("ncdf4", quietly = TRUE)) {
  cat("left out: ncdf4 is not installed\n")
  quit(status = 0)
}
file <- ncdf4::nc_open(path)
stopifnot(length(file$var) > 0)
for (name in c(names(file$var), names(file$dim))) {
  values <- ncdf4::ncvar_get(file, name)
  if (name %in% names(file$var)) {
    want <- prod(vapply(file$var[[name]]$dim, function(d) d$len, numeric(1)))
    stopifnot(length(values) == want)
  }
  stopifnot(nchar(ncdf4::ncatt_get(file, name, "long_name")$value) > 0)
}
for (name in c("program", "scenario", "scenario_sha256", "seed"))
  stopifnot(ncdf4::ncatt_get(file, 0, name)$hasatt)
cat("R ncdf4:", length(file$var), "variables,", length(file$dim), "dimensions\n")
ncdf4::nc_close(file)
