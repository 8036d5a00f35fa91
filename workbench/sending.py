"""Send the files of a release: one, a part of it, or all in a ZIP (RFC 9110, 13 and 14)."""

import re
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

from flask import Response, current_app, request
from werkzeug.exceptions import PreconditionFailed
from werkzeug.utils import send_file

from workbench.datasets.archives import archive, archive_size
from workbench.datasets.queries import KnownFile, KnownRelease
from workbench.errors import UnavailableError

MIMETYPES = {
    ".jsonl": "application/jsonl",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".md": "text/markdown",
    ".svg": "image/svg+xml",
}
_PART = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))", re.ASCII | re.IGNORECASE)


def send_release_file(
    folder: Path, release: KnownRelease, file: KnownFile, *, download_name: str
) -> Response:
    """Send a file of a release that lies in ``folder``, or the part that is asked for.

    Its ETag is its SHA-256. A Range that is none, of several parts or in another unit is as if it
    was not there. Raises ``PreconditionFailed`` where If-Match names another file.
    """
    _refuse_other(folder, file)
    place = folder / file.path
    environ = dict(request.environ)
    if part := _read_part(environ.pop("HTTP_RANGE", ""), file.size):
        environ["HTTP_RANGE"] = part
    if environ.get("HTTP_IF_MATCH", "").strip() == "*":
        del environ["HTTP_IF_MATCH"]  # There is one.
    answer = send_file(
        place,
        environ,
        mimetype=MIMETYPES.get(place.suffix, "application/octet-stream"),
        as_attachment=True,
        download_name=download_name,
        etag=file.sha256,
        last_modified=release.made_at,
        response_class=current_app.response_class,
    )
    assert isinstance(answer, Response)  # noqa: S101  # as it was asked to be
    if answer.status_code == PreconditionFailed.code:
        answer.close()
        raise PreconditionFailed
    digest = b64encode(bytes.fromhex(file.sha256)).decode()
    answer.headers["Repr-Digest"] = f"sha-256=:{digest}:"
    answer.headers["Accept-Ranges"] = "bytes"
    return answer


def send_release_archive(
    folder: Path, release: KnownRelease, files: Sequence[KnownFile], *, dataset: str
) -> Response:
    """Send all files of a release in one ZIP, unpacked as ``DATASET/VERSION/``."""
    for file in files:
        _refuse_other(folder, file)
    root = f"{dataset}/{release.version}"
    answer = current_app.response_class(
        archive(folder, files, root=root, at=release.instant), mimetype="application/zip"
    )
    if size := archive_size(files, root=root):
        answer.content_length = size
    name = f"{dataset}-{release.version}.zip"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.set_etag(f"zip-{release.manifest}")
    answer.make_conditional(request)
    return answer


def _read_part(asked: str, size: int) -> str | None:
    """Return the one range of bytes that is asked for; none where the whole file is."""
    found = _PART.fullmatch(asked.strip())
    if not found:
        return None
    first, last, ending = found.groups()
    if ending and int(ending) >= size:
        return None
    return None if first and last and int(last) < int(first) else found[0]


def _refuse_other(folder: Path, file: KnownFile) -> None:
    """Refuse to send a file that is gone, or has not even the size of the one released."""
    place = folder / file.path
    if not place.is_file() or place.stat().st_size != file.size:
        raise UnavailableError(
            "%(path)s is not what was released: put the release's folder back from a backup.",
            path=file.path,
        )
