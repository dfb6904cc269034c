"""The clock: reconcilers that may run twice, late, or be killed without harm."""
