"""What `scripts/campaign` runs: the long forms of tests that pytest runs short."""

import argparse
import sys
import tempfile
from pathlib import Path

from support.kill9 import Campaign


def kill9(arguments: argparse.Namespace) -> int:
    """Kill a process that writes, again and again; 0 if nothing was found wrong."""
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        campaign = Campaign(Path(folder) / "data", arguments.seed)

        def report(kills: int) -> None:
            print(f"\r{kills}/{arguments.kills} kills, {len(campaign.wrong)} wrong", end="", flush=True)

        campaign.run(arguments.kills, report)
    print(f"\nacknowledged {dict(campaign.acknowledged)}; put right at start-up {dict(campaign.recovered)}")
    for line in campaign.wrong:
        print(line)
    return 1 if campaign.wrong else 0


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="scripts/campaign", description=__doc__)
    commands = parser.add_subparsers(required=True)
    killing = commands.add_parser("kill9", help=kill9.__doc__)
    killing.add_argument("--kills", type=int, default=100)
    killing.add_argument("--seed", type=int, default=1)
    killing.add_argument("--folder", type=Path, help="where the data lies meanwhile (a real disk)")
    killing.set_defaults(run=kill9)
    arguments = parser.parse_args()
    return int(arguments.run(arguments))


if __name__ == "__main__":
    sys.exit(main())
