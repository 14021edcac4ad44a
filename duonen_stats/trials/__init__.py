"""Many simulated trials through the analyses of the report: operating characteristics of any result of any plan."""
