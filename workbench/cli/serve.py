"""`workbench serve`: the web server, and the worker that it starts when a job waits."""

import contextlib
import errno
import os
import signal
import socket
import struct
import sys
import threading
from collections.abc import Callable

import click
from flask import Flask

from workbench.cli.opening import hold_for_serving, opened_workbench, with_settings
from workbench.errors import UnavailableError
from workbench.jobs.runner import run_waiting_jobs, watch_for_jobs
from workbench.labelstudio.runs import look_for_due
from workbench.settings import Settings
from workbench.storage.database import close_connections

# -P: whatever lies in the current folder must not be taken for the program.
WORKER = (sys.executable, "-P", "-m", "workbench", "worker", "--attached")
BACKLOG = 1024
STALL_SECONDS = 10  # A request of which nothing more comes for so long is given up.


@click.command()
@with_settings
def serve(settings: Settings) -> None:
    """Serve the pages until Ctrl-C or SIGTERM.

    Requests under way are finished first, and jobs are given back, to go on at the next start.
    """
    listener = listen(settings)
    with opened_workbench(settings, served=True) as app, hold_for_serving(settings):
        serve_pages(app, settings, listener, announce=lambda: _announce(settings))


@click.command(hidden=True)
@click.option("--attached", is_flag=True, help="End when standard input closes.")
@with_settings
def worker(settings: Settings, attached: bool) -> None:
    """Carry out the jobs that wait, then end; the server starts it when it is needed."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    if attached:
        threading.Thread(target=_set_at_end_of_input, args=(stop,), daemon=True).start()
    with opened_workbench(settings, served=True) as app:
        handlers = app.extensions["WORKBENCH_JOBS"]
        run_waiting_jobs(handlers, app_context=app.app_context, stop=stop)


def listen(settings: Settings) -> socket.socket:
    """Open the port, so that nothing is begun where it is taken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.create_server(
            (settings.host, settings.port), family=family, backlog=BACKLOG
        )
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise UnavailableError(
                "Port %(port)s of %(host)s is taken: stop the other program, or set"
                " WORKBENCH_PORT to a free one.",
                port=settings.port,
                host=settings.host,
            ) from None
        raise UnavailableError(
            "The workbench cannot listen on port %(port)s of %(host)s: %(reason)s.",
            port=settings.port,
            host=settings.host,
            reason=error.strerror,
        ) from None
    if os.name == "posix":  # Accepted connections inherit it; gunicorn has no limit of its own.
        listener.setsockopt(
            socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", STALL_SECONDS, 0)
        )
    return listener


def serve_pages(
    app: Flask, settings: Settings, listener: socket.socket, *, announce: Callable[[], None]
) -> None:
    """Answer requests until told to stop; ``announce`` is called once all is ready."""
    close_connections()  # A connection must not be shared by the processes to come.
    if os.name == "posix":
        _serve_with_gunicorn(app, settings, listener, announce)
    else:
        _serve_with_waitress(app, settings, listener, announce)


def _serve_with_gunicorn(
    app: Flask, settings: Settings, listener: socket.socket, announce: Callable[[], None]
) -> None:
    from gunicorn.app.base import BaseApplication  # noqa: PLC0415  # only the server needs it

    ending = contextlib.ExitStack()
    options = {
        "bind": f"fd://{listener.detach()}",
        "workers": settings.workers,
        "threads": settings.threads,
        "worker_class": "gthread",
        "preload_app": True,  # The processes share the memory of the loaded program.
        "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else None,  # noqa: S108
        "timeout": 60,
        "graceful_timeout": 20,
        "keepalive": 15,
        "loglevel": "warning",
        "forwarded_allow_ips": "",  # Only WORKBENCH_TRUSTED_PROXIES decides whom to believe.
        "control_socket_disable": True,
        "when_ready": lambda _arbiter: announce(),
        "post_worker_init": lambda _worker: ending.callback(_begin_work(app, settings)),
        "worker_exit": lambda _arbiter, _worker: ending.close(),
    }

    class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
        def load_config(self) -> None:
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return app

    Server().run()


def _serve_with_waitress(
    app: Flask, settings: Settings, listener: socket.socket, announce: Callable[[], None]
) -> None:
    from waitress.server import create_server  # noqa: PLC0415  # only Windows needs it

    server = create_server(
        app, sockets=[listener], threads=settings.workers * settings.threads, ident=None
    )
    end_runner = _watch(app, settings)
    announce()
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    end_runner()


def _begin_work(app: Flask, settings: Settings) -> Callable[[], None]:
    # Ctrl-C reaches the whole group; a worker stops when its master says so, and only once.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return _watch(app, settings)


def _watch(app: Flask, settings: Settings) -> Callable[[], None]:
    return watch_for_jobs(
        app_context=app.app_context,
        lock=settings.data_dir / "worker.lock",
        command=WORKER,
        look=look_for_due,
    )


def _announce(settings: Settings) -> None:
    click.echo(f"The workbench is at {settings.base_url} (Ctrl-C stops it).")


def _set_at_end_of_input(stop: threading.Event) -> None:
    while os.read(0, 1024):  # The buffered reader's lock would be missed at the end of a daemon.
        pass
    stop.set()
