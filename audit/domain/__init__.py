"""The study: pure rules over frozen values, standard library only, no clock, no disk."""
