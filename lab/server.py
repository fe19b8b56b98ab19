"""Serving the application on one machine."""

import re
from collections.abc import Callable
from threading import Event, Timer

import click
from werkzeug.serving import WSGIRequestHandler, make_server

from lab.app import create_app
from lab.jobs.process import Keeper

SECONDS_UNTIL_LATER = 2.0
# Whoever reads a log may not open what such a link opens.
SECRET = re.compile(r"/(links|invitations)/[^/\s?]+")


class DiscreetHandler(WSGIRequestHandler):
    """Answers requests, and keeps secrets of addresses out of the log."""

    def log(self, type: str, message: str, *args) -> None:
        """Write a line without what makes a link work."""
        told = [SECRET.sub(r"/\1/…", one) if isinstance(one, str) else one for one in args]
        super().log(type, message, *told)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def serve(host: str, port: int) -> None:
    """Serve the application on this machine."""
    app = create_app()
    server = make_server(host, port, app, threaded=True, request_handler=DiscreetHandler)
    click.echo(f"http://{host}:{server.port}/")
    # The first page should not wait for the statistics, nor the first report either.
    later(app.extensions["warm_up"])
    # Long work is done by a process of its own, which is there only while there is some.
    later(Keeper(app.extensions["engine"]).run, Event())
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


def later(do: Callable, *arguments: object) -> None:
    """Do something beside the serving, after the first pages."""
    timer = Timer(SECONDS_UNTIL_LATER, do, arguments)
    timer.daemon = True
    timer.start()
