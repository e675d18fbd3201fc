# SPDX-License-Identifier: AGPL-3.0-or-later
"""A picture of a dashboard of deploy/grafana, with what its queries say of a running server; for machines that have no Grafana.

Panels, titles, places, queries, units and legends are the dashboard's; how they are drawn is ours. A Prometheus watches a server with
which people sync for a minute, one of them with a wrong password now and then. Run by ./dev walk.

  python3 draw_board.py BOARD PICTURE
"""
import html
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.device import ClientError, Device  # noqa: E402
from support.servers import OurServer, free_port  # noqa: E402
from test_dashboards import Prometheus  # noqa: E402
from tools import ROOT, program  # noqa: E402

SECONDS = 60
COLUMN, LINE = 52, 30  # pixels of Grafana's grid of 24 columns
COLORS = ["#73bf69", "#f2cc0c", "#8ab8ff", "#ff780a", "#f2495c", "#b877d9", "#5794f2", "#fade2a"]
STYLE = """body { margin: 0; background: #111217; color: #ccccdc; font: 12px/1.4 "DejaVu Sans", sans-serif }
.panel { position: absolute; box-sizing: border-box; padding: 8px 10px; background: #181b1f; border: 1px solid #2c3235; border-radius: 3px; overflow: hidden }
.row { position: absolute; font-weight: bold; padding: 6px 2px } h2 { font-size: 12px; margin: 0 0 4px } table { border-spacing: 0; width: 100% } td { padding: 0 4px 0 0 }
.top { position: absolute; right: 12px; top: 8px; color: #8e8e9c }
.stat { font-size: 44px; text-align: center; margin-top: 52px; color: #73bf69 } td:last-child { text-align: right } svg { display: block; width: 100%; height: 118px }"""


def said(value, unit):
    if unit == "percentunit":
        return f"{100 * value:.3g} %"
    if unit == "s":
        return f"{1000 * value:.3g} ms" if value < 1 else f"{value:.3g} s"
    if unit == "dateTimeAsIso":
        return time.strftime("%H:%M:%S", time.gmtime(value / 1000))
    return f"{value:.3g}" + {"reqps": " req/s", "ops": " ops/s"}.get(unit, "")


def series_of(panel, prometheus):
    """(legend, [(time, value)…]) of each line."""
    end = time.time()
    for target in panel["targets"]:
        expression = re.sub(r"\$(job|instance|namespace)\b", ".*", target["expr"]).replace("$__rate_interval", "10s")
        for one in prometheus.ask("query_range", query=expression, start=end - SECONDS, end=end, step=1)["result"]:
            legend = re.sub(r"{{\s*(\w+)\s*}}", lambda label: one["metric"].get(label[1], ""), target.get("legendFormat", ""))
            yield legend, [(float(when), float(value)) for when, value in one["values"] if value != "NaN"]


def chart(lines, unit):
    points = [point for _, line in lines for point in line]
    if not points:
        return "<p>No data</p>"
    begin, span, most = min(when for when, _ in points), SECONDS, max(value for _, value in points)
    top = 1.1 * most or 1
    drawn = "".join(f'<polyline fill="none" stroke="{COLORS[number % len(COLORS)]}" stroke-width="1.5" vector-effect="non-scaling-stroke" points="'
                    + " ".join(f"{1000 * (when - begin) / span:.1f},{100 - 100 * value / top:.1f}" for when, value in line) + '"/>'
                    for number, (_, line) in enumerate(lines))
    grid = "".join(f'<line x1="0" x2="1000" y1="{y}" y2="{y}" stroke="#2c3235" vector-effect="non-scaling-stroke"/>' for y in (0, 33, 66, 100))
    highest = "" if unit == "dateTimeAsIso" else f'<div class="top">{said(most, unit)}</div>'
    return f'{highest}<svg viewBox="0 0 1000 100" preserveAspectRatio="none">{grid}{drawn}</svg>'


def drawn(panel, prometheus):
    place = panel["gridPos"]
    box = (f'left:{place["x"] * COLUMN + 4}px;top:{place["y"] * LINE + 4}px;width:{place["w"] * COLUMN - 6}px;height:{place["h"] * LINE - 6}px')
    if panel["type"] == "row":
        return f'<div class="row" style="{box}">⌄ {html.escape(panel["title"])}</div>'
    unit = panel.get("fieldConfig", {}).get("defaults", {}).get("unit")
    lines = sorted(((legend, line) for legend, line in series_of(panel, prometheus) if line), key=lambda one: -max(value for _, value in one[1]))
    if panel["type"] == "stat":
        body = "".join(f'<div class="stat">{said(line[-1][1], unit)}</div>' for _, line in lines)
    else:
        legends = "".join(f'<tr><td><b style="color:{COLORS[number % len(COLORS)]}">▬</b> {html.escape(legend)}</td><td>{said(line[-1][1], unit)}</td></tr>'
                          for number, (legend, line) in enumerate(lines[:4]))
        body = f"{chart(lines, unit)}<table>{legends}</table>"
    return f'<div class="panel" style="{box}"><h2>{html.escape(panel["title"])}</h2>{body}</div>'


def people_sync(server, folder):
    devices = [Device(f"device {number}", folder) for number in range(3)]
    try:
        for device, name in zip(devices, ("ada", "ada", "grace")):
            device.log_in(name, "secret", server.url)
        devices[0].upload()
        devices[1].download()
        devices[2].upload()
        until, number = time.monotonic() + SECONDS, 0
        while time.monotonic() < until:
            device = devices[number % len(devices)]
            device.add_notes([[[f"word {number}", "Wort"], ""]])
            device.put_media({f"{number}.txt": f"{number}"})
            device.sync()
            device.sync_media()
            number += 1
            time.sleep(0.1 + 0.3 * (number // 30 % 2))  # not always in the same haste
            if number % 40 == 0:
                try:
                    Device("stranger", folder).log_in("ada", "wrong", server.url)
                except ClientError:
                    pass
    finally:
        for device in devices:
            device.quit()


def main(board, picture):
    folder = Path(tempfile.mkdtemp(prefix="board-"))
    ops_port = free_port()
    server = OurServer(folder, {"ada": "secret", "grace": "secret"}, ANKISYNCD_OPS_PORT=str(ops_port)).start()
    prometheus = Prometheus(folder, ops_port)
    try:
        prometheus.wait_for("up == 1")
        people_sync(server, folder)
        panels = json.loads((ROOT / "deploy/grafana" / f"{board}.json").read_text())["panels"]
        page = f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style>' + "".join(drawn(panel, prometheus) for panel in panels)
    finally:
        prometheus.stop()
        server.stop()
    (folder / "board.html").write_text(page)
    bottom = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels)
    subprocess.run([program("chromium"), "--headless", "--no-sandbox", "--hide-scrollbars", f"--window-size={24 * COLUMN + 8},{bottom * LINE + 8}",
                    f"--screenshot={Path(picture).resolve()}", (folder / "board.html").as_uri()], check=True, stderr=subprocess.DEVNULL)


main(*sys.argv[1:])
