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
    """

    data_dir: Path
    models_dir: Path
    root_key: Path
    database: str = ""

    @staticmethod
    def from_environment(environment: Mapping[str, str] = os.environ, prefix: str = sys.prefix) -> "Settings":
        """HANDFAST_DATA, HANDFAST_MODELS, HANDFAST_ROOT_KEY with defaults under the home directory, HANDFAST_DATABASE.

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
        )
