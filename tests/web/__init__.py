"""Tests of reception, with a real database and strict visitors."""
