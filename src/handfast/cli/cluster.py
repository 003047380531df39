"""`handfast cluster start|status|resize|stop`: the processes that search, on this machine or on more of them."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from handfast.base.errors import SetupError
from handfast.base.settings import Settings
from handfast.jobs.cluster.folder import LOOPBACK, cluster_folder
from handfast.jobs.cluster.nodes import PORT, alive, resized, start_head, start_node, stop_nodes, wanted_size

app = typer.Typer(no_args_is_help=True, help="Search on more than one process or machine.")
console = Console(highlight=False)

Address = Annotated[str, typer.Option(help="Address to listen at: loopback, or this machine's in a private tunnel.")]


@app.command()
def start(
    address: Address = LOOPBACK,
    port: Annotated[int, typer.Option(help="Port of the first node.")] = PORT,
    shards: Annotated[int, typer.Option(min=1, help="Parts that the people are spread over.")] = 2,
    replicas: Annotated[int, typer.Option(min=1, help="Processes that keep a copy of each part.")] = 1,
    join: Annotated[bool, typer.Option("--join", help="Join the cluster whose folder was copied here.")] = False,
) -> None:
    """Start the first node here, or join one. `handfast serve` then searches there."""
    folder = cluster_folder(Settings.from_environment().data_dir)
    with console.status("Starting"):
        if join:
            start_node(folder, address)
        else:
            start_head(folder, address, port)
            resized(folder, shards, replicas)
    console.print(f"The cluster is up at {folder.address}. Copy {folder.path} to a machine that joins, by hand only.")


@app.command()
def status() -> None:
    """Which nodes answer, and over how many parts people are spread."""
    folder = cluster_folder(Settings.from_environment().data_dir)
    if not folder.address:
        raise SetupError("no cluster is running; run `handfast cluster start`")
    table = Table("node", "state")
    for address, state in alive(folder):
        table.add_row(address, state)
    shards, replicas = wanted_size(folder)
    console.print(table, f"{shards} shards, {replicas} of each", sep="\n")


@app.command()
def resize(
    shards: Annotated[int, typer.Argument(min=1, help="Parts that the people are spread over.")],
    replicas: Annotated[int, typer.Option(min=1, help="Processes that keep a copy of each part.")] = 1,
) -> None:
    """Spread people over more or fewer parts, from the server's next start on: codes are then read in anew."""
    folder = cluster_folder(Settings.from_environment().data_dir)
    resized(folder, shards, replicas)
    console.print(f"{shards} shards, {replicas} of each, from the next start of `handfast serve` on.")


@app.command()
def stop() -> None:
    """End the cluster's processes on this machine; `handfast serve` searches in its own memory at its next start."""
    stop_nodes(cluster_folder(Settings.from_environment().data_dir))
