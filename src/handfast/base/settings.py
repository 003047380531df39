"""Where things are. Read from the environment once, in cli; handed down as a value."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Paths of one installation.

    data_dir     databases (handfast.db, keys.db), certificates
    models_dir   model files that `handfast models install` made
    root_key     file that holds the root key; outside data_dir
    database     URL of a Postgres database, or "embedded" for a server of our own; empty for SQLite in data_dir
    keys_dir     where keys.db lies if not in data_dir: beside a matcher that runs as another user
    matcher      socket of a matcher that runs by itself; None where keys are opened by who asks
    """

    data_dir: Path
    models_dir: Path
    root_key: Path
    database: str = ""
    keys_dir: Path | None = None
    matcher: Path | None = None

    @property
    def keys_home(self) -> Path:
        """The folder of keys.db and of the list of destroyed keys."""
        return self.keys_dir or self.data_dir

    @property
    def tables_dir(self) -> Path:
        """The folder of the site's own calibration tables."""
        return self.data_dir / "calibrations"

    def to_environment(self) -> Mapping[str, str]:
        """Variables from which another process reads the same settings."""
        return {
            "HANDFAST_DATA": str(self.data_dir),
            "HANDFAST_MODELS": str(self.models_dir),
            "HANDFAST_ROOT_KEY": str(self.root_key),
            "HANDFAST_DATABASE": self.database,
            "HANDFAST_KEYS": str(self.keys_dir or ""),
            "HANDFAST_MATCHER": str(self.matcher or ""),
        }

    @staticmethod
    def from_environment(environment: Mapping[str, str] = os.environ, prefix: str = sys.prefix) -> "Settings":
        """HANDFAST_DATA, HANDFAST_MODELS, HANDFAST_ROOT_KEY with defaults under the home directory, HANDFAST_DATABASE.

        HANDFAST_KEYS and HANDFAST_MATCHER for a matcher that runs as another user.
        Models are looked for beside the virtual environment first: scripts/setup puts them there.
        """
        home = Path(environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
        config = Path(environment.get("XDG_CONFIG_HOME") or Path.home() / ".config")
        beside = Path(prefix).parent / "models"
        models = beside if beside.is_dir() else home / "handfast-models"
        return Settings(
            data_dir=Path(environment.get("HANDFAST_DATA") or home / "handfast"),
            models_dir=Path(environment.get("HANDFAST_MODELS") or models),
            root_key=Path(environment.get("HANDFAST_ROOT_KEY") or config / "handfast" / "root.key"),
            database=environment.get("HANDFAST_DATABASE") or "",
            keys_dir=Path(keys) if (keys := environment.get("HANDFAST_KEYS")) else None,
            matcher=Path(socket) if (socket := environment.get("HANDFAST_MATCHER")) else None,
        )
