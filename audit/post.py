"""Sends one letter: over SMTP, or as a file into the instance's mail folder."""

from __future__ import annotations

import hashlib
import os
import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime, parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

from audit.domain.errors import N_, InvalidInput, Unavailable
from audit.ports import OutgoingLetter, Post
from audit.settings import Settings

TIMEOUT = 30  # seconds for each step of a conversation with the mail server


def post_for(settings: Settings) -> Post:
    """The post of an installation: its mail server, or files where it has none."""
    address = settings.smtp_url.get_secret_value()
    if address:
        return SmtpPost(address, sender=settings.mail_from)
    return FolderPost(settings.instance / "mail", sender=settings.mail_from)


def message_of(letter: OutgoingLetter, sender: str) -> EmailMessage:
    """The letter as a mail. The same letter gives the same bytes, so that a repeat can be told from a second letter."""
    name, address = parseaddr(sender)
    message = EmailMessage(policy=WIRE)
    message["From"] = Address(display_name=name or "Plumbline", addr_spec=address)
    message["To"] = Address(addr_spec=letter.recipient)
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.language
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    message.set_boundary("letter-" + hashlib.sha256(letter.message_id.encode()).hexdigest()[:32])
    return message


class FolderPost:
    """Writes each letter as an .eml file named after its Message-ID: sent twice, it is still one file."""

    def __init__(self, folder: Path, *, sender: str) -> None:
        self.folder = folder
        self.sender = sender

    def send(self, letter: OutgoingLetter) -> None:
        """Returns when the file is safely on disk; Unavailable when it cannot be written."""
        content = message_of(letter, self.sender).as_bytes()
        name = hashlib.sha256(letter.message_id.encode()).hexdigest()[:40] + ".eml"
        unfinished = self.folder / f".{name}.{os.getpid()}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with unfinished.open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            unfinished.replace(self.folder / name)
            handle = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise Unavailable(N_("The letter could not be written to disk: %(error)s"), error=str(error)) from error


class SmtpPost:
    """Hands each letter to a mail server: smtp://user:password@host:port (STARTTLS), or smtps://."""

    def __init__(self, address: str, *, sender: str, timeout: float = TIMEOUT) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise InvalidInput(N_("AUDIT_SMTP_URL must look like smtp://user:password@host:587 or smtps://…"))
        self.secure = parts.scheme == "smtps"
        self.host = parts.hostname
        self.port = parts.port or (465 if self.secure else 587)
        self.user = unquote(parts.username or "")
        self.password = unquote(parts.password or "")
        self.sender = sender
        self.timeout = timeout

    def send(self, letter: OutgoingLetter) -> None:
        """Returns when the server took the letter. Unavailable: try later; InvalidInput: this address never works."""
        message = message_of(letter, self.sender)
        try:
            with self._connection() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise self._refused(code, words) from error
        except smtplib.SMTPSenderRefused as error:
            raise self._later(error) from error  # our own address is at fault, not the recipient's
        except smtplib.SMTPDataError as error:
            raise self._refused(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            raise self._later(error) from error

    def _connection(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        server: smtplib.SMTP
        if self.secure:
            server = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        try:
            server.ehlo()
            if not self.secure and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            if self.user:
                if not self.secure and not server.has_extn("auth"):
                    raise smtplib.SMTPException("the server offers no sign-in on this connection")
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server

    def _refused(self, code: int, words: bytes | str) -> Unavailable | InvalidInput:
        text = words.decode(errors="replace") if isinstance(words, bytes) else words
        if 500 <= code < 600:
            return InvalidInput(N_("The mail server refused the address: %(words)s"), words=f"{code} {text}"[:300])
        return Unavailable(N_("The mail server asks to try later: %(words)s"), words=f"{code} {text}"[:300])

    def _later(self, error: Exception) -> Unavailable:
        return Unavailable(N_("The mail server cannot be reached: %(error)s"), error=str(error)[:300])
