"""The work of each role, done in a real browser on a served installation."""
