{{/* SPDX-License-Identifier: AGPL-3.0-or-later */}}
{{- define "ankisyncd.name" -}}{{ .Values.nameOverride | default .Chart.Name | trunc 40 | trimSuffix "-" }}{{- end }}

{{- define "ankisyncd.fullname" -}}
{{- if .Values.fullnameOverride -}}{{ .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else if contains (include "ankisyncd.name" .) .Release.Name -}}{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else -}}{{ printf "%s-%s" .Release.Name (include "ankisyncd.name" .) | trunc 40 | trimSuffix "-" }}
{{- end -}}
{{- end }}

{{/* Of a pod for ever: StatefulSets and Deployments cannot change it. Takes (list $ component). */}}
{{- define "ankisyncd.selector" -}}
app.kubernetes.io/name: {{ include "ankisyncd.name" (index . 0) }}
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* Of an object. Takes (list $ component). */}}
{{- define "ankisyncd.labels" -}}
{{- $root := index . 0 -}}
{{ include "ankisyncd.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: ankisyncd
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- with $root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The metadata of an object. Takes (list $ component name annotations [more labels]). */}}
{{- define "ankisyncd.metadata" -}}
{{- $root := index . 0 -}}
{{- $annotations := mergeOverwrite dict $root.Values.commonAnnotations (index . 3) -}}
name: {{ index . 2 }}
namespace: {{ $root.Release.Namespace }}
labels:
  {{- include "ankisyncd.labels" (list $root (index . 1)) | nindent 2 }}
  {{- range $name, $value := last . }}
  {{- if gt (len $) 4 }}
  {{ $name }}: {{ $value | quote }}
  {{- end }}
  {{- end }}
{{- with $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Takes (list $ image-values). */}}
{{- define "ankisyncd.image" -}}
{{- $root := index . 0 -}}{{- $image := index . 1 -}}
{{- with $root.Values.global.imageRegistry }}{{ trimSuffix "/" . }}/{{ end -}}
{{ $image.repository }}
{{- if $image.digest }}@{{ $image.digest }}{{ else }}:{{ $image.tag | default $root.Chart.AppVersion }}{{ end -}}
{{- end }}

{{- define "ankisyncd.claim" -}}
{{ .Values.persistence.existingClaim | default (printf "data-%s-collection-0" (include "ankisyncd.fullname" .)) }}
{{- end }}

{{- define "ankisyncd.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}{{ .Values.serviceAccount.name | default (include "ankisyncd.fullname" .) }}
{{- else }}{{ .Values.serviceAccount.name | default "default" }}{{ end -}}
{{- end }}
