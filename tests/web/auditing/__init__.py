"""Tests of the auditor's side."""
