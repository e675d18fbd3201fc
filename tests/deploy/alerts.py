# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each alert's two cases: what Prometheus sees in it, in promtool's notation with a sample a minute, from the hour 0 on."""
from dataclasses import dataclass

REQUESTS = "ankisync_http_requests_total"
REFUSED = "ankisync_http_requests_refused_total"
ENDED = "ankisync_sync_sessions_completed_total"
DURATION = "ankisync_http_request_duration_seconds_bucket"
WAIT = "ankisync_pool_wait_seconds_bucket"
JOB = 'job="collection-sync",instance="a:9101"'


@dataclass
class Case:
    alert: str
    fires: dict  # series -> values
    quiet: dict
    minutes: int = 120


def series(name, labels=""):
    return f"{name}{{{JOB}{',' if labels else ''}{labels}}}"


def requests(ok, failed):
    return {series(REQUESTS, 'method="sync/meta",code="200"'): f"0+{ok}x200",
            series(REQUESTS, 'method="sync/meta",code="503"'): f"0+{failed}x200"}


def latencies(name, labels, fast, slow):
    """So many observations a minute of at most 0.5 s, and so many between 20 and 30 s."""
    return {series(name, f'{labels},le="0.5"'): f"0+{fast}x200", series(name, f'{labels},le="20"'): f"0+{fast}x200",
            series(name, f'{labels},le="30"'): f"0+{fast + slow}x200", series(name, f'{labels},le="+Inf"'): f"0+{fast + slow}x200"}


def ended(**outcomes):
    return {series(ENDED, f'kind="normal",outcome="{outcome}"'): values for outcome, values in outcomes.items()}


def clients(newer, too_old):
    return {series("ankisync_clients_seen_total", 'client="desktop",protocol="newer"'): newer,
            series(REFUSED, 'method="sync/start",reason="client_too_old"'): too_old}


def gauge(name, fires, quiet, labels="", minutes=120):
    return {series(name, labels): fires}, {series(name, labels): quiet}, minutes


def backed_up(alert, name, hours):
    """By a server that has run for as long as there is: the last one, or that there never was one, and the start."""
    long_ago, begun = f"{-3600 * (hours + 1)}x200", series("process_start_time_seconds")
    never = " ".join(["NaN"] * 200)
    fires = {series(name): long_ago, begun: "0x200"}, {series(name): never, begun: long_ago}
    quiet = {series(name): "0x200", begun: long_ago}, {series(name): never, begun: "0x200"}
    return [Case(alert, *case) for case in zip(fires, quiet)]


CASES = [
    Case("AnkiSyncDown", *gauge("up", "0x200", "1x200")),
    Case("AnkiSyncErrorBudgetBurnFast", requests(90, 10), requests(97, 3)),
    Case("AnkiSyncErrorBudgetBurnSlow", requests(95, 5), requests(99, 1)),
    Case("AnkiSyncInternalErrors", *gauge(REFUSED, "0x60 1x60", "3x200", 'method="sync/chunk",reason="internal"', 70)),
    Case("AnkiSyncSlowRequests", latencies(DURATION, 'method="sync/chunk"', 50, 5),
         # nobody is woken by somebody's slow line
         latencies(DURATION, 'method="sync/upload"', 50, 5) | latencies(DURATION, 'method="sync/chunk"', 500, 1)),
    Case("AnkiSyncSanityFailures", ended(ok="0+1x200", sanity_failed="0x30 3x200"), ended(ok="0+1x200", sanity_failed="0x30 1x200")),
    Case("AnkiSyncForcedOneWay",
         {series(ENDED, 'kind="upload",outcome="ok"'): "0+2x200", **ended(ok="0+1x200")},
         {series(ENDED, 'kind="upload",outcome="ok"'): "0+1x200", **ended(ok="0+2x200")}),
    Case("AnkiSyncSessionsStuck",
         {series("ankisync_sync_sessions_active"): "2x200", **ended(ok="7x200")},
         {series("ankisync_sync_sessions_active"): "2x200", **ended(ok="0+1x200")}),
    Case("AnkiSyncConflicts", ended(superseded="0+1x200"), ended(superseded="0+0.1x200", ok="0+9x200")),
    Case("AnkiSyncBruteForce", *gauge("ankisync_auth_attempts_total", "0+20x200", "0+1x200", 'result="wrong_password"')),
    *backed_up("AnkiSyncBackupStale", "ankisync_backup_last_success_timestamp_seconds", hours=26),
    *backed_up("AnkiSyncBackupUnverified", "ankisync_restore_verify_last_success_timestamp_seconds", hours=8 * 24),
    Case("AnkiSyncDiskFillingUp",
         *gauge("ankisync_storage_free_bytes", "100000000000-100000000x200", "100000000000-1000000x200")),
    Case("AnkiSyncDiskFull", *gauge("ankisync_storage_free_bytes", "100000000x200", "10000000000x200")),
    Case("AnkiSyncSqliteBusy", *gauge("ankisync_sqlite_busy_total", "0+1x200", "0x60 1x100")),
    Case("AnkiSyncWalGrowing", *gauge("ankisync_sqlite_wal_bytes", "300000000x200", "3000000x200")),
    Case("AnkiSyncMissingBlobs", *gauge("ankisync_media_files_total", "0x60 2x100", "2x200", 'operation="withdrawn"', 80)),
    Case("AnkiSyncMediaSanity", *gauge("ankisync_media_sanity_failures_total", "0+1x200", "0x60 2x100")),
    Case("AnkiSyncOverload",
         {series(REFUSED, 'method="sync/meta",reason="unavailable"'): "0+60x200", series("ankisync_http_rejected_total", 'reason="too_many_connections"'): "0x200"},
         {series(REFUSED, 'method="sync/meta",reason="unavailable"'): "0x60 3x100", series("ankisync_http_rejected_total", 'reason="too_many_connections"'): "0x200"}),
    Case("AnkiSyncClockSkew", *gauge("ankisync_time_seconds", "90+60x200", "1+60x200")),
    # a new Anki, which is told in words and not refused; an old one has been here, long ago
    Case("AnkiSyncUnknownProtocol", clients(newer="0x60 1x100", too_old="0x200"), clients(newer="0x200", too_old="1x200"), 80),
    Case("AnkiSyncRestartLoop", *gauge("process_start_time_seconds", "0+300x200", "0x60 3600x200")),
    Case("AnkiSyncQueueGrowing", latencies(WAIT, 'pool="work"', 5, 5), latencies(WAIT, 'pool="work"', 100, 1)),
    Case("AnkiSyncCertificateExpiring",
         {'probe_ssl_earliest_cert_expiry{job="blackbox-ankisync",instance="https://a"}': "1000000x200"},
         {'probe_ssl_earliest_cert_expiry{job="blackbox-ankisync",instance="https://a"}': "9000000x200"}),
]
