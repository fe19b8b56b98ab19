"""Several commands of the command line in one process, which loads everything once."""

import sys

from lab.cli import main

SEPARATOR = "then"


def run_in_order(words: list[str]) -> None:
    """Run the commands that the words name, and stop at the first that fails."""
    while words:
        end = words.index(SEPARATOR) if SEPARATOR in words else len(words)
        try:
            main(words[:end], prog_name="proeftuin")
        except SystemExit as leaving:
            if leaving.code:
                raise
        words = words[end + 1 :]


if __name__ == "__main__":
    run_in_order(sys.argv[1:])
