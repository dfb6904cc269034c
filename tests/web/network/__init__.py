"""Tests of the coordinator's side."""
