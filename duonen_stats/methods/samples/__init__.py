"""One sample and two samples: description and tests."""
