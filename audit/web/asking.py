"""Requests as we read them: text without control characters, which no person types and no database keeps."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask, Request, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import NotFound
from werkzeug.utils import cached_property

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def _clean(values: Any) -> ImmutableMultiDict[str, str]:
    return ImmutableMultiDict([(name, _CONTROL.sub("", value)) for name, value in values.items(multi=True)])


class Asking(Request):
    """What a browser sent, with form and query cleaned."""

    @cached_property
    def args(self) -> Any:
        return _clean(super().args)

    @cached_property
    def form(self) -> Any:
        return _clean(super().form)


def _refuse_odd_paths() -> None:
    if _CONTROL.search(request.path):
        raise NotFound


def install(app: Flask) -> None:
    app.request_class = Asking
    app.before_request(_refuse_odd_paths)
