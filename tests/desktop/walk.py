# SPDX-License-Identifier: AGPL-3.0-or-later
"""The way that the start page describes, walked with the real window of Anki, under Xvfb; run by ./dev walk.

The start page itself is looked at first, in Chromium.
Two computers of one person: the first sets the address, logs in, uploads and syncs on; the second sets the address, logs in and
downloads. PICTURES gets what they saw.

  python3 walk.py PICTURES
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.device import ROOT  # noqa: E402
from support.servers import OurServer  # noqa: E402

AQT = ["aqt==26.9.3", "PyQt6==6.11.0", "PyQt6-WebEngine==6.11.0"]


def person(python, folder, pictures, address, which):
    base = folder / which
    base.mkdir()
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", "QT_QPA_PLATFORM": "xcb", "ANKI_NOHIGHDPI": "1",
        "QTWEBENGINE_DISABLE_SANDBOX": "1", "QTWEBENGINE_CHROMIUM_FLAGS": "--disable-gpu", "LIBGL_ALWAYS_SOFTWARE": "1"}
    ended = subprocess.run(["xvfb-run", "--auto-servernum", "--server-args=-screen 0 1000x770x24", "sh", "-c", 'openbox & exec "$@"', "sh", python, "-B", Path(__file__).with_name("person.py"),
                            base, pictures, address, which], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
    assert ended.returncode == 0, ended.stdout
    return ended.stdout


def main(pictures):
    python = subprocess.run([ROOT / "dev.d/python-env", "desktop", *AQT], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    pictures = Path(pictures).resolve()
    pictures.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="walk-"))
    server = OurServer(folder, {"ada": "lovelace"}).start()
    try:
        subprocess.run(["chromium", "--headless", "--no-sandbox", "--hide-scrollbars", "--window-size=1000,860", "--virtual-time-budget=3000",
                        f"--screenshot={pictures / 'start-page.png'}", server.url], check=True, stderr=subprocess.DEVNULL, cwd=folder)
        address = server.url.replace("127.0.0.1", "localhost")
        print(person(python, folder, pictures, address, "first")[-300:])
        said = person(python, folder, pictures, address, "second")
    finally:
        server.stop()
    print(said[-600:])
    assert "notes: ['bridge', 'house', 'river', 'tree'] media: ['sound.txt']" in said, said
    print("the second computer has what the first one made; pictures are in", pictures)


main(*sys.argv[1:])
