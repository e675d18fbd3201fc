# SPDX-License-Identifier: AGPL-3.0-or-later
"""Zips of media, as clients and servers send them."""
import io
import json
import zipfile


def upload_zip(changes, compression=zipfile.ZIP_STORED):
    """{name: content, or None for a deletion}, or a list of such pairs."""
    changes = list(changes.items() if isinstance(changes, dict) else changes)
    members = {str(n): content for n, (_, content) in enumerate(changes) if content is not None}
    meta = [[name, None if content is None else str(n)] for n, (name, content) in enumerate(changes)]
    return make_zip({**members, "_meta": json.dumps(meta)}, compression)


def make_zip(members, compression=zipfile.ZIP_STORED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def downloaded(body):
    """{name: content} of a download, in its order."""
    archive = zipfile.ZipFile(io.BytesIO(body))
    names = json.loads(archive.read("_meta"))
    return {names[info.filename]: archive.read(info) for info in archive.infolist() if info.filename != "_meta"}
