"""The application for one who asks for every address, one after another, at one moment."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flask import Flask
from flask.ctx import RequestContext
from werkzeug.test import create_environ

from feedservice.clock import Clock
from feedservice.http.prepared_response import Prepared
from feedservice.web.routing import Routing

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Alone:
    """Answers as the application does; within a batch, without what it makes for each request.

    Contexts of Flask, and the ways of `HttpCache` to keep and to share what is asked once, are a
    fifth of the time that a page takes. For one thread.

    Args:
        app: the application.
        clock: stands still.
        forget: is called where what was made of one batch serves no other.
    """

    def __init__(self, app: Flask, clock: Clock, forget: Callable[[], object]) -> None:
        self._app = app
        self._clock = clock
        self._forget = forget
        self._batch = ""
        self._context: RequestContext | None = None

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        return self._app.wsgi_app(environ, start_response)

    @contextmanager
    def batch(self, name: str) -> Iterator[None]:
        """Let nobody else be asked within, and what is asked have much in common."""
        if name != self._batch:
            self._forget()
            self._batch = name
        with self._app.request_context(create_environ()) as context:
            self._context = context
            try:
                yield
            finally:
                self._context = None

    def within(self, routing: Routing, answering: "WSGIApplication") -> "WSGIApplication":
        """Return what answers behind a routing: itself within a batch, else the rest."""

        def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
            context = self._context
            if context is None or environ["REQUEST_METHOD"] != "GET":
                return answering(environ, start_response)
            if routing.site() is None:
                routing.revision()
            if routing.key(environ) is None:  # it is a file's, which may be large
                return answering(environ, start_response)
            plain = {name: each for name, each in environ.items() if not name.startswith("HTTP_")}
            context.request = self._app.request_class(plain)
            made = self._app.full_dispatch_request()
            headers = made.get_wsgi_headers(plain).to_wsgi_list()
            now = self._clock()
            sent = Prepared(made.status, headers, made.get_data(), now).select(environ, now)
            start_response(sent.status, list(sent.headers))
            return [sent.body]

        return answer
