"""A service in a folder, its copies elsewhere, and the commands that its administrator gives."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from typer.testing import CliRunner

from handfast.cli.main import command_line
from handfast.service.person import my_page
from handfast.service.start import stop
from handfast.storage.keys.destroyed import FILE
from support.postgres import PLACE, TestServer
from support.scripted import Desk
from support.service import FixedClock

PIN = "2468"
NOW = datetime.now(UTC).replace(microsecond=0)  # commands have no other clock than the machine's


class Drill:
    """A service in a folder, its copies elsewhere."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.desk = Desk(folder, clock=FixedClock(NOW))
        self.data = self.desk.settings.data_dir
        self.records, self.keys = folder / "copies", folder / "vault"
        self.codes = {person: self.enrol(person) for person in range(4)}

    def enrol(self, person: int) -> str:
        return str(self.desk.enrol(f"P-{person}", person).private_code)

    def withdraw(self, person: int) -> None:
        my_page.withdraw(self.desk.context, my_page.open_page(self.desk.context, self.codes[person], PIN).token)

    def run(self, *words: object) -> str:
        """A command, as the administrator gives it."""
        settings = self.desk.settings
        environment = {
            "HANDFAST_DATA": str(settings.data_dir),
            "HANDFAST_ROOT_KEY": str(settings.root_key),
            "HANDFAST_DATABASE": settings.database,
        }
        done = CliRunner().invoke(command_line(""), [str(word) for word in words], env=environment)
        if done.exception is not None:
            raise done.exception
        return done.output

    def backup(self) -> tuple[Path, Path]:
        self.run("backup", self.records, "--keys", self.keys)
        return max(self.records.glob("records-*.db")), max(self.keys.glob("keys-*.db"))

    def lose_everything(self, postgres: TestServer | None) -> None:
        """Only the copies are left, and the list of destroyed keys, which was kept elsewhere."""
        stop(self.desk.context)
        shutil.copy(self.data / FILE, self.folder / FILE)
        shutil.rmtree(self.data)
        if postgres is not None:
            url = postgres.empty()
            (self.folder / PLACE).write_text(url, "utf-8")
            self.desk.settings = replace(self.desk.settings, database=url)

    def restart(self, seed: int = 9) -> None:
        self.desk = Desk(self.folder, seed=seed, clock=FixedClock(NOW + timedelta(minutes=5)))

    def accepted(self, person: int) -> bool:
        return self.desk.check(person, reference=f"P-{person}").outcome == "accepted"
