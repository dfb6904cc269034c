"""Tests of the line's side."""
