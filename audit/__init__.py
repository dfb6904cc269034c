"""Plumbline: the quality-audit service of a network of national reporting lines."""
