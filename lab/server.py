"""Serving the application on one machine."""

import click
from werkzeug.serving import make_server

from lab.app import create_app


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def serve(host: str, port: int) -> None:
    """Serve the application on this machine."""
    server = make_server(host, port, create_app(), threaded=True)
    click.echo(f"http://{host}:{server.port}/")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
