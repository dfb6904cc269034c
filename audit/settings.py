"""Settings of one installation: frozen, typed, from the environment (AUDIT_…) and instance/audit.env."""

from __future__ import annotations

import sys
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Every field has a sentence; `flask config` prints them and a test asserts that the README's table names each."""

    model_config = SettingsConfigDict(
        env_prefix="AUDIT_", env_file_encoding="utf-8", frozen=True, extra="ignore", env_ignore_empty=True
    )

    instance: Path = Field(
        default=ROOT / "instance", description="Folder for the database, the vault, keys and written mail."
    )
    database_url: str = Field(default="", description="SQLAlchemy address; empty: SQLite in the instance folder.")
    evidence_url: str = Field(default="", description="Where evidence lies; empty: the vault in the instance folder.")
    base_url: str = Field(default="http://127.0.0.1:8000", description="Public address, used in letters and QR codes.")
    secret_key: SecretStr = Field(
        default=SecretStr(""), description="Signs forms; empty: made once into the instance folder."
    )
    smtp_url: SecretStr = Field(
        default=SecretStr(""), description="smtp[s]://user:password@host:port; empty: letters are files."
    )
    mail_from: str = Field(default="plumbline@localhost", description="Sender address of letters.")
    timezone: str = Field(default="UTC", description="Time zone of deadlines, for example Europe/Vienna.")
    secure_cookies: bool = Field(
        default=False, description="True behind HTTPS: cookies are marked Secure and named __Host-."
    )
    upload_limit: int = Field(default=10_000_000, description="Largest upload in bytes.")
    session_idle_minutes: int = Field(default=120, description="Minutes without a request after which a session ends.")
    session_hours: int = Field(default=12, description="Hours after which a session ends in any case.")
    render_processes: int = Field(default=2, description="Processes that render documents.")
    demonstration: bool = Field(default=False, description="True in a sample installation: its key says so.")

    @property
    def database(self) -> str:
        """The database address, with the drivers this project uses."""
        if not self.database_url:
            return f"sqlite:///{self.instance / 'plumbline.sqlite'}"
        return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def criteria_folders(self) -> tuple[Path, ...]:
        return (ROOT / "criteria", self.instance / "criteria")


def read_settings(**given: object) -> Settings:
    """Settings from arguments, the environment, then instance/audit.env; pydantic's error lists every mistake."""
    instance = Settings(**given).instance  # type: ignore[arg-type]
    return Settings(_env_file=instance / "audit.env", **given)  # type: ignore[arg-type]


def settings_or_exit() -> Settings:
    """The settings of this process; wrong ones are told on standard error, a line each, and end it with status 2."""
    try:
        return read_settings()
    except ValidationError as mistakes:
        for mistake in mistakes.errors():
            name = "AUDIT_" + "_".join(str(part) for part in mistake["loc"]).upper()
            sys.stderr.write(f"{name}: {mistake['msg']}\n")
        sys.exit(2)
