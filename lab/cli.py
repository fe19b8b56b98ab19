"""The command line; each command is loaded when it is asked for."""

import importlib

import click

from lab.version import VERSION

# Loading by name keeps `--help` quick and the statistics out of the other commands.
COMMANDS = {
    "administrator": ("lab.commands:administrator", "Add the administrator of a living lab."),
    "compare": ("analysis.commands:compare", "Compare the variants in a file with counts."),
    "demo": ("analysis.demonstration:demo", "Load the demonstration, or remove it."),
    "estimate": (
        "analysis.pooled.command:estimate",
        "Estimate what works best from all experiments in a file.",
    ),
    "prepare": ("lab.commands:prepare", "Make the secret key and the database."),
    "reproduce": (
        "analysis.pooled.reproduce:reproduce",
        "Make a kept calculation again, and compare.",
    ),
    "serve": ("lab.server:serve", "Serve the application on this machine."),
    "work": ("lab.jobs.command:work", "Do the long work that waits."),
}


class CommandList(click.Group):
    """A group that knows its commands by name and loads only the one that runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, loaded now."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        return getattr(importlib.import_module(module), name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with their short help, without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.group(cls=CommandList)
@click.version_option(VERSION, prog_name="proeftuin")
def main() -> None:
    """Proeftuin: what works for whom, learned in living labs."""


if __name__ == "__main__":
    main(prog_name="proeftuin")
