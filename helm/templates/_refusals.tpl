{{/* SPDX-License-Identifier: AGPL-3.0-or-later */}}
{{/* Combinations that nobody can have meant, each refused by a sentence; what a single value may be stands in values.schema.json. */}}
{{- define "ankisyncd.refuse" -}}
{{- $v := .Values -}}
{{- $storage := $v.config.storage | default dict -}}
{{- $mode := $storage.journal_mode | default "wal" -}}
{{- if eq $v.persistence.accessMode "ReadWriteMany" -}}
{{- fail "persistence.accessMode is ReadWriteMany: SQLite's WAL needs all pods on one node, which ReadWriteOnce makes sure of." -}}
{{- end -}}
{{- if ne $mode "wal" -}}
{{- fail "config.storage.journal_mode: this version serves wal alone." -}}
{{- end -}}
{{- if hasKey $v.collection "replicas" -}}
{{- fail "collection.replicas: there is one collection-sync per volume, because it holds its users' collections open. Scale media.replicas, or install the chart once more for other users." -}}
{{- end -}}
{{- if hasKey $v.collection "autoscaling" -}}
{{- fail "collection.autoscaling: there is one collection-sync per volume, because it holds its users' collections open. media.autoscaling is there for media." -}}
{{- end -}}
{{- if and $v.ingress.enabled $v.httpRoute.enabled -}}
{{- fail "ingress.enabled and httpRoute.enabled: clients come by one of them. Switch the other off." -}}
{{- end -}}
{{- if and $v.ingress.enabled $v.ingress.tls.enabled (not $v.ingress.tls.secretName) -}}
{{- fail "ingress.tls.enabled without ingress.tls.secretName: name the Secret with the certificate; cert-manager makes it where an annotation asks for it." -}}
{{- end -}}
{{- if and $v.ingress.enabled $v.ingress.tls.enabled (not $v.ingress.host) -}}
{{- fail "ingress.tls.enabled without ingress.host: a certificate is for a name." -}}
{{- end -}}
{{- if and $v.httpRoute.enabled (not $v.httpRoute.parentRefs) -}}
{{- fail "httpRoute.enabled without httpRoute.parentRefs: name the Gateway." -}}
{{- end -}}
{{- if gt (int $v.media.autoscaling.minReplicas) (int $v.media.autoscaling.maxReplicas) -}}
{{- fail "media.autoscaling.minReplicas is more than media.autoscaling.maxReplicas." -}}
{{- end -}}
{{- if le (int $v.media.terminationGracePeriodSeconds) (int $v.media.preStopSeconds) -}}
{{- fail "media.terminationGracePeriodSeconds is no more than media.preStopSeconds: the pod would be killed before it was told to stop." -}}
{{- end -}}
{{- if and $v.persistence.existingClaim $v.persistence.dataSource -}}
{{- fail "persistence.dataSource is for a new claim, and persistence.existingClaim names one that there is." -}}
{{- end -}}
{{- range $key := list "data" "host" "port" "ops" "base_path" -}}
{{- if hasKey $v.config $key -}}
{{- fail (printf "config.%s is the chart's to say: the pods' probes, Services and mounts depend on it." $key) -}}
{{- end -}}
{{- end -}}
{{- if hasKey $storage "create" -}}
{{- fail "config.storage.create: an init container makes the volume; persistence.expectedVolumeId says which one must be there." -}}
{{- end -}}
{{- if and $v.restore.enabled (not (or $v.backup.enabled $v.backup.existingClaim)) -}}
{{- fail "restore.enabled without a claim of backups: enable backup, or name backup.existingClaim." -}}
{{- end -}}
{{- end }}
