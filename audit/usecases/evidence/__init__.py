"""The evidence library of a line: what comes in, in one piece or in parts, newer versions, the stop button, purging."""

from audit.usecases.evidence.adding import add_file, add_link, add_statement, clean_file_name
from audit.usecases.evidence.locking import lock, record_download
from audit.usecases.evidence.purging import ask_purge, purge
from audit.usecases.evidence.uploads import (
    PART,
    Received,
    begin_upload,
    drop_upload,
    finish_upload,
    forget_uploads,
    parts_there,
    put_part,
)

__all__ = [
    "PART",
    "Received",
    "add_file",
    "add_link",
    "add_statement",
    "ask_purge",
    "begin_upload",
    "clean_file_name",
    "drop_upload",
    "finish_upload",
    "forget_uploads",
    "lock",
    "parts_there",
    "purge",
    "put_part",
    "record_download",
]
