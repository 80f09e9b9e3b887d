"""``python -m server.cli WORD``: what ``./run`` hands over to."""

import sys

from server.cli.words import app
from server.embedded import ServerFailed
from server.settings import SettingsError


def main() -> None:
    try:
        app(prog_name="./run")
    except (SettingsError, ServerFailed) as refusal:
        print(refusal, file=sys.stderr)  # noqa: T201 - a sentence for the terminal, in place of a traceback
        sys.exit(1)


if __name__ == "__main__":
    main()
