# SPDX-License-Identifier: AGPL-3.0-or-later
"""round.py URL MEDIA-URL USER PASSWORD-FILE: a login, a full sync both ways, a normal sync and a media file both ways, as a client of
protocol 10 does them, with nothing but Python. Exit status 0 when every answer was the right one."""
import io
import json
import sys
import time
import urllib.error
import urllib.request
import zipfile

BOUNDARY = "a-sync-round"
NAME = "helm test.txt"


class Server:
    def __init__(self, url, media_url):
        self.url, self.media_url, self.key = url.rstrip("/"), media_url.rstrip("/"), ""

    def call(self, path, content, **fields):
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        parts = [(f'form-data; name="{name}"', value.encode()) for name, value in {"k": self.key, **fields}.items()]
        parts.append(('form-data; name="data"; filename="data"', data))
        body = b"".join(b"--%s\r\nContent-Disposition: %s\r\n\r\n%s\r\n" % (BOUNDARY.encode(), kind.encode(), value)
                        for kind, value in parts) + b"--%s--\r\n" % BOUNDARY.encode()
        base = self.media_url if path.startswith("/msync/") else self.url
        request = urllib.request.Request(
            base + path, body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    def sync(self, method, content, **fields):
        return json.loads(self.call(f"/sync/{method}", content, **fields) or b"null")

    def media(self, method, content):
        answer = json.loads(self.call(f"/msync/{method}", content, sk=self.key))
        assert not answer["err"], answer
        return answer["data"]


def wait_for(url, seconds=60):
    deadline = time.monotonic() + seconds
    while True:
        try:
            return urllib.request.urlopen(url + "health", timeout=5).read()
        except (OSError, urllib.error.URLError):
            if time.monotonic() > deadline:
                raise
            time.sleep(1)


def collection_round(server):
    meta = server.sync("meta", {"v": 10, "cv": "helm test"})
    assert meta["cont"], meta
    collection = server.call("/sync/download", {})
    assert collection.startswith(b"SQLite format 3\0"), collection[:100]
    assert server.call("/sync/upload", collection) == b"OK"
    meta = server.sync("meta", {"v": 10, "cv": "helm test"})
    skey = "helmtest"
    server.sync("start", {"minUsn": meta["usn"], "lnewer": False, "graves": None}, s=skey)
    server.sync("finish", {}, s=skey)
    print(f"collection: downloaded and uploaded {len(collection)} bytes, and a normal sync")


def media_round(server):
    usn = server.media("begin", {"v": "helm test"})["usn"]
    content = b"sent by helm test"
    assert server.media("uploadChanges", archive([[NAME, "0"]], content))[0] == 1
    assert NAME in [change[0] for change in server.media("mediaChanges", {"lastUsn": usn})]
    answer = zipfile.ZipFile(io.BytesIO(server.call("/msync/downloadFiles", {"files": [NAME]}, sk=server.key)))
    assert answer.read("0") == content
    assert server.media("uploadChanges", archive([[NAME, None]]))[0] == 1
    print("media: sent, got back and deleted a file")


def archive(meta, *contents):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as out:
        for number, content in enumerate(contents):
            out.writestr(str(number), content)
        out.writestr("_meta", json.dumps(meta))
    return file.getvalue()


def main():
    url, media_url, user, password_file = sys.argv[1:]
    server = Server(url, media_url)
    for service in (server.url, server.media_url):
        wait_for(service + "/")
    with open(password_file) as file:
        server.key = server.sync("hostKey", {"u": user, "p": file.readline().rstrip("\r\n")})["key"]
    print("logged in")
    collection_round(server)
    media_round(server)


main()
