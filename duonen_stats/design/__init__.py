"""Planning: power, events, accrual, monitoring, re-estimation. Empty until its own release."""
