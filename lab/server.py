"""Serving the application on one machine."""

from threading import Timer

import click
from werkzeug.serving import make_server

from lab.app import create_app

WARM_UP_AFTER = 2.0


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def serve(host: str, port: int) -> None:
    """Serve the application on this machine."""
    app = create_app()
    server = make_server(host, port, app, threaded=True)
    click.echo(f"http://{host}:{server.port}/")
    # The first page should not wait for the statistics, nor the first report either.
    timer = Timer(WARM_UP_AFTER, app.extensions["warm_up"])
    timer.daemon = True
    timer.start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
