"""`khabar demo`: the whole pipeline on a real broker and a recorded news site."""

from typing import Annotated

import typer


def demo(
    *,
    keep: Annotated[
        bool,
        typer.Option("--keep", help="Leave everything running until Ctrl-C."),
    ] = False,
    json: Annotated[
        bool,
        typer.Option("--json", help="One enriched record a line, as on the topic."),
    ] = False,
    seconds: Annotated[
        float, typer.Option(min=1, metavar="N", help="Give up when it takes longer.")
    ] = 600.0,
) -> None:
    """Show the whole pipeline at work: feeds in, enriched records out.

    Starts a Kafka broker, a recorded Hindi news site and the four workers, prints
    each article with its entities and events as it arrives, and stops everything.
    """
    from workers.cli.demo.run import Demo

    Demo(keep=keep, as_json=json, seconds=seconds).run()
