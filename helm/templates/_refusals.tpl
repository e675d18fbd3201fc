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
{{- if $v.cells -}}
{{- if hasKey $v.config "cells" -}}
{{- fail "config.cells is the chart's to say, from the value cells." -}}
{{- end -}}
{{- range $key := list "persistence.existingClaim" "persistence.dataSource" "persistence.expectedVolumeId" "backup.existingClaim" "serviceAccount.name" -}}
{{- if index $v (splitList "." $key | first) (splitList "." $key | last) -}}
{{- fail (printf "%s is one for all cells: each has its own." $key) -}}
{{- end -}}
{{- end -}}
{{- if $v.restore.enabled -}}
{{- fail "restore.enabled with cells: each has its own backups. Restore one by ankisyncctl in its pod." -}}
{{- end -}}
{{- $names := list -}}{{- $hosts := list $v.ingress.host -}}
{{- range $v.cells -}}
{{- if gt (len (include "ankisyncd.cellFullname" (list $ .name))) 40 -}}
{{- fail (printf "cells: the name of cell %s makes names longer than 40 letters." .name) -}}
{{- end -}}
{{- if has .name $names -}}{{- fail (printf "cells: %s is there twice." .name) -}}{{- end -}}
{{- if has (urlParse .url).hostname $hosts -}}{{- fail (printf "cells: the host of cell %s is taken: each cell and the entrance (ingress.host) have their own." .name) -}}{{- end -}}
{{- $names = append $names .name -}}{{- $hosts = append $hosts (urlParse .url).hostname -}}
{{- end -}}
{{- else if $v.cellExceptions -}}
{{- fail "cellExceptions without cells." -}}
{{- end -}}
{{- with $v.cellMove -}}
{{- if .enabled -}}
{{- $names := list -}}
{{- range $v.cells -}}{{- $names = append $names .name -}}{{- end -}}
{{- if not (and (has .from $names) (has .to $names) (ne .from .to)) -}}
{{- fail "cellMove: from and to are two of the cells." -}}
{{- end -}}
{{- if eq (empty .user) (eq (toString .bucket) "") -}}
{{- fail "cellMove: say either user or bucket." -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}
