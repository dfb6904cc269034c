"""The reviewer's side of reception: own reviews, declaration, the workspace, completion, reconciliation."""

from audit.web.review import completing, declaring, lists, reconciling, workspace
from audit.web.review.blueprint import blueprint

__all__ = ["blueprint", "completing", "declaring", "lists", "reconciling", "workspace"]
