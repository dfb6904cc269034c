"""Tests of the commands that set an installation up."""
