"""Tests of the reviewer's side."""
