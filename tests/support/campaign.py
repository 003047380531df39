"""What `scripts/campaign` runs: the long forms of tests that pytest runs short."""

import argparse
import sys
import tempfile
from pathlib import Path

from handfast.base.settings import Settings
from handfast.cli.lab_attack import show as show_attacks
from handfast.lab.attack.kinds import Kind
from handfast.lab.attack.run import run as run_attacks
from handfast.lab.attack.sources import sources_in
from handfast.lab.attack.tables import results
from handfast.models.store import ModelStore
from handfast.storage.engines.embedded import EmbeddedPostgres
from support import killed_service
from support.attacker import FINGERS, STRATEGIES, attack, shipped
from support.coverage import EXACT, PEOPLE, bootstrap_coverage, exact_coverage
from support.fuzzing import NAMES, fuzz
from support.interface import interface
from support.kill9 import Campaign
from support.kill9_postgres import PostgresCampaign
from support.schema_fuzz import Fuzz


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


def kill9_postgres(arguments: argparse.Namespace) -> int:
    """The same with Postgres: the process that writes, the database, or both are killed; 0 if nothing was wrong."""
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        Path(folder).chmod(0o755)  # as root the server runs as another user
        server = EmbeddedPostgres(Path(folder) / "server")
        campaign = PostgresCampaign(Path(folder) / "data", arguments.seed, server=server)

        def report(kills: int) -> None:
            print(f"\r{kills}/{arguments.kills} kills, {len(campaign.wrong)} wrong", end="", flush=True)

        try:
            campaign.run(arguments.kills, report)
        finally:
            server.stop(at_once=True)
    print(f"\nkilled {campaign.deaths}; acknowledged {dict(campaign.acknowledged)}")
    print(f"put right at start-up {dict(campaign.recovered)}")
    for line in campaign.wrong:
        print(line)
    return 1 if campaign.wrong else 0


def kill9_service(arguments: argparse.Namespace) -> int:
    """Kill the whole service amid enrolments, checks and withdrawals; fails at the first thing found wrong."""
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        acknowledged = killed_service.campaign(Path(folder), arguments.kills, arguments.seed)
    print(f"acknowledged {dict(acknowledged)}; nothing wrong")
    return 0


def attacker(arguments: argparse.Namespace) -> int:
    """Learn a face from outcomes alone, limits off; 0 if nobody does better than at random."""
    learned = 0
    for fingers in FINGERS:
        for name, strategy in STRATEGIES.items():
            result = attack(strategy, shipped(fingers), runs=arguments.runs, tries=arguments.tries, seed=arguments.seed)
            learned += result.learned
            shown = "not shown" if fingers is None else f"worth {fingers:+.1f}"
            print(
                f"fingers {shown:12} {name:10} median cosine {result.attacker:+.3f}, at random {result.random:+.3f}"
                f"{'  LEARNED' if result.learned else ''}",
                flush=True,
            )
    return 1 if learned else 0


def coverage(arguments: argparse.Namespace) -> int:
    """How often the lab's intervals hold the truth; 0 if exact ones do in 95 % and bootstraps over people in 93 %."""
    least = 1.0
    for rate, trials in EXACT:
        least = min(least, found := exact_coverage(rate, trials))
        print(f"exact, rate {rate:g} in {trials:,} trials: {100 * found:.1f} %", flush=True)
    lowest = 1.0
    for people in PEOPLE:
        lowest = min(lowest, found := bootstrap_coverage(people, arguments.draws, arguments.seed))
        print(f"bootstrap over {people} people, {arguments.draws:,} simulations: {100 * found:.1f} %", flush=True)
    return 0 if least >= 0.95 and lowest >= 0.93 else 1


def fuzzing(arguments: argparse.Namespace) -> int:
    """Feed the readers of strangers' bytes with what they do not expect; 0 if each reads or refuses it by name."""
    wrong = 0
    for target in arguments.target or NAMES:
        ended = fuzz(target, arguments.seconds, arguments.seed)
        counts = [line for line in ended.said.splitlines() if line.startswith(("stat::number_of", "stat::peak"))]
        print(f"{target}: {'nothing found' if ended.clean else 'FOUND'}; {'; '.join(counts)}", flush=True)
        if not ended.clean:
            wrong += 1
            print(f"{ended.said}\ninput: {ended.found!r}", flush=True)
    return 1 if wrong else 0


def attacks(arguments: argparse.Namespace) -> int:
    """Play every kind of simulated attack; 0 if none that is barred was accepted. Taken up again where it stopped."""
    models = ModelStore(Settings.from_environment().models_dir)
    people = sources_in(arguments.sources, arguments.names, first=arguments.first, count=arguments.count)
    kinds = [Kind(kind) for kind in arguments.kinds.split(",") if kind] or list(Kind)
    rows = run_attacks(people, kinds, range(1, arguments.seeds + 1), models, arguments.out, fps=arguments.fps)
    show_attacks(rows, arguments.out)
    return 1 if any(each.accepted for each in results(rows) if each.barred) else 0


def made_up_requests(arguments: argparse.Namespace) -> int:
    """Schemathesis on every operation of the interface; fails at the first thing found wrong."""
    with tempfile.TemporaryDirectory() as folder, interface(Path(folder)) as handfast:
        made_up = Fuzz(handfast, arguments.examples, arguments.seed)
        made_up.run()
    print(f"{made_up.operations} operations, answers by status {dict(sorted(made_up.answers.items()))}; nothing wrong")
    return 0


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="scripts/campaign", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for name, run in (("kill9", kill9), ("kill9-postgres", kill9_postgres), ("kill9-service", kill9_service)):
        killing = commands.add_parser(name, help=run.__doc__)
        killing.add_argument("--kills", type=int, default=100)
        killing.add_argument("--seed", type=int, default=1)
        killing.add_argument("--folder", type=Path, help="where the data lies meanwhile (a real disk)")
        killing.set_defaults(run=run)
    learning = commands.add_parser("attacker", help=attacker.__doc__)
    learning.add_argument("--runs", type=int, default=100, help="attackers for each strategy and setting")
    learning.add_argument("--tries", type=int, default=1000)
    learning.add_argument("--seed", type=int, default=1)
    learning.set_defaults(run=attacker)
    covering = commands.add_parser("coverage", help=coverage.__doc__.replace("%", "%%") if coverage.__doc__ else None)
    covering.add_argument("--draws", type=int, default=4000)
    covering.add_argument("--seed", type=int, default=1)
    covering.set_defaults(run=coverage)
    reading = commands.add_parser("fuzz", help=fuzzing.__doc__)
    reading.add_argument("--target", choices=NAMES, action="append", help="all where none is named")
    reading.add_argument("--seconds", type=int, default=600, help="for each target")
    reading.add_argument("--seed", type=int, default=1)
    reading.set_defaults(run=fuzzing)
    attacking = commands.add_parser("attacks", help=attacks.__doc__)
    attacking.add_argument("--sources", type=Path, required=True, help="portraits of people who agreed to it")
    attacking.add_argument("--names", required=True, help="pattern with the named group person")
    attacking.add_argument("--out", type=Path, required=True)
    attacking.add_argument("--kinds", default="", help="apart by commas; all by default")
    attacking.add_argument("--first", type=int, default=0, help="place of the first person")
    attacking.add_argument("--count", type=int, default=14)
    attacking.add_argument("--seeds", type=int, default=3)
    attacking.add_argument("--fps", type=float, default=5.0)
    attacking.set_defaults(run=attacks)
    requests = commands.add_parser("schemathesis", help=made_up_requests.__doc__)
    requests.add_argument("--examples", type=int, default=50, help="made-up requests for each operation")
    requests.add_argument("--seed", type=int, default=1)
    requests.set_defaults(run=made_up_requests)
    arguments = parser.parse_args()
    return int(arguments.run(arguments))


if __name__ == "__main__":
    sys.exit(main())
