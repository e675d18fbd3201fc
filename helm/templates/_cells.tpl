{{/* SPDX-License-Identifier: AGPL-3.0-or-later */}}
{{/* Renders a template once, or for each cell with names, address and settings of its own. Takes (list $ template). */}}
{{- define "ankisyncd.eachCell" -}}
{{- $root := index . 0 -}}{{- $template := index . 1 -}}
{{- range $root.Values.cells }}
{{- $url := urlParse .url }}
{{- $values := deepCopy $root.Values }}
{{- $_ := set $values "nameOverride" (printf "%s-%s" (include "ankisyncd.name" $root) .name) }}
{{- $_ := set $values "fullnameOverride" (include "ankisyncd.cellFullname" (list $root .name)) }}
{{- $_ := set $values.config "cells" (dict "map" "/etc/ankisyncd-cells/cells.yaml" "self" .name) }}
{{- $_ := set $values.persistence "existingClaim" (.existingClaim | default "") }}
{{- $_ := set $values.ingress "host" $url.hostname }}
{{- $_ := set $values.ingress "path" $url.path }}
{{- $_ := set $values.ingress.tls "secretName" (printf "%s-%s" $values.ingress.tls.secretName .name) }}
{{- $_ := set $values.httpRoute "hostnames" (list $url.hostname) }}
{{- $_ := set $values.httpRoute "path" $url.path }}
{{- $_ := set $values "cellsMap" (include "ankisyncd.fullname" $root) }}
---
{{ include $template (dict "Values" $values "Chart" $root.Chart "Release" $root.Release "Capabilities" $root.Capabilities "Files" $root.Files "Template" $root.Template) }}
{{- else }}
{{- include $template $root }}
{{- end }}
{{- end }}

{{/* Takes (list $ cell). */}}
{{- define "ankisyncd.cellFullname" -}}
{{ printf "%s-%s" (include "ankisyncd.fullname" (index . 0)) (index . 1) }}
{{- end }}

{{/* The file that says who lives where. */}}
{{- define "ankisyncd.cellsMap" -}}
{{- $root := . -}}
cells:
  {{- range .Values.cells }}
  {{ .name }}: {url: {{ .url | quote }}, internal: "http://{{ include "ankisyncd.cellFullname" (list $root .name) }}-collection:27701{{ trimSuffix "/" (urlParse .url).path }}/"}
  {{- end }}
buckets:
  {{- range .Values.cells }}
  {{ .name }}: {{ .buckets | default list | toJson }}
  {{- end }}
exceptions: {{ .Values.cellExceptions | toJson }}
{{- end }}
