"""What every answer says to the browser, and which requests are not even looked at."""

from itertools import chain
from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest
from werkzeug.middleware.proxy_fix import ProxyFix

from workbench.errors import ForbiddenError
from workbench.settings import LOOPBACK, Settings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITES = frozenset({"same-origin", "none"})

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
HSTS = "max-age=31536000; includeSubDomains"


def register(app: Flask, settings: Settings) -> None:
    """Guard every request and every answer."""
    # Our own referrer policy keeps the Referer header away, which the strict check would need.
    app.config.update(WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=False)
    app.config["TRUSTED_HOSTS"] = _trusted_hosts(settings)
    if count := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )
    own_origin = _origin(settings.base_url)
    app.before_request(lambda: _refuse_other_sites(own_origin))
    app.before_request(_refuse_nul)
    CSRFProtect(app)
    app.after_request(lambda response: _add_headers(response, is_https=settings.is_https))


def _trusted_hosts(settings: Settings) -> list[str] | None:
    if not settings.public_url and settings.host not in LOOPBACK:
        return None  # Plain http on a network, asked for: people type whatever finds the machine.
    return [settings.hostname, "localhost", "127.0.0.1"]


def _refuse_other_sites(own_origin: str) -> None:
    """Refuse what another site makes a browser send; the CSRF token comes on top of this."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin", "null")
    if site is not None:
        is_own = site in OWN_SITES
    else:  # An old browser: without referrer it says "null" of our own forms, too.
        is_own = origin in {"null", own_origin, _origin(request.host_url)}
    if not is_own:
        raise ForbiddenError("This request came from another site.")


def _refuse_nul() -> None:
    """Refuse the one character that no text may have and that PostgreSQL cannot store."""
    pairs = (*request.args.items(multi=True), *request.form.items(multi=True))
    if any("\0" in text for text in (request.path, *chain.from_iterable(pairs))):
        raise BadRequest


def _add_headers(response: Response, *, is_https: bool) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if is_https:
        response.headers["Strict-Transport-Security"] = HSTS
    if request.endpoint == "static":
        response.headers["Cache-Control"] = "no-cache"  # asked for again, answered by 304
    elif not response.cache_control.public:  # What everybody may read says so itself.
        response.headers["Cache-Control"] = "no-store"  # A file that is sent brings its own.
    return response


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
