"""The administrator's room: people and roles, jobs, letters, health. No content of any assessment."""

from audit.web.admin import machine, people
from audit.web.admin.blueprint import blueprint

__all__ = ["blueprint", "machine", "people"]
