"""What goes over the line is squeezed, where nobody can learn a secret from how long it is.

A page tells its length to whoever watches the line; where another site puts words on it, the length
tells what else stands there (Gluck, Harris and Prado, "BREACH", 2013). So only our files are
squeezed, and pages that the person or our own pages asked for.
"""

from flask import Flask, Response, g, request
from flask_compress import Compress
from flask_compress.flask_compress import DictCache

from workbench.web.security import OWN_SITES

TEXTS = ("text/html", "text/css", "text/javascript", "application/json", "image/svg+xml")


def register(app: Flask) -> None:
    """Squeeze answers for browsers that can read that; squeezed files are remembered."""
    app.config.update(
        COMPRESS_MIMETYPES=[*TEXTS],
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=6,
        COMPRESS_MIN_SIZE=1000,
        COMPRESS_STREAMS=False,
        COMPRESS_REGISTER=False,
    )
    pages = Compress(app)
    app.config.update(
        COMPRESS_CACHE_BACKEND=DictCache, COMPRESS_CACHE_KEY=lambda _request: g.version
    )
    files = Compress(app)

    @app.after_request
    def squeeze(response: Response) -> Response:
        if request.endpoint == "static" and response.mimetype in TEXTS:
            g.version = response.get_etag()[0]
            response.direct_passthrough = False
            response.make_sequence()
            return files.after_request(response)
        if request.headers.get("Sec-Fetch-Site") in OWN_SITES:
            return pages.after_request(response)
        return response
