{{/* SPDX-License-Identifier: AGPL-3.0-or-later */}}
{{- define "ankisyncd.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{/* What every pod of the release has. Takes (list $ values-of-the-component). */}}
{{- define "ankisyncd.podSettings" -}}
{{- $root := index . 0 -}}{{- $of := index . 1 -}}
automountServiceAccountToken: false
enableServiceLinks: false
serviceAccountName: {{ include "ankisyncd.serviceAccount" $root }}
{{- with $root.Values.imagePullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with $root.Values.podSecurityContext }}
securityContext: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with $of.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $of.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with $of.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Pods that share a ReadWriteOnce volume run where collection-sync runs. */}}
{{- define "ankisyncd.besideCollection" -}}
requiredDuringSchedulingIgnoredDuringExecution:
  - topologyKey: kubernetes.io/hostname
    labelSelector:
      matchLabels: {{ include "ankisyncd.selector" (list . "collection") | nindent 8 }}
{{- end }}

{{/* Makes the volume, or checks that it is the one that is meant. */}}
{{- define "ankisyncd.volumeInit" -}}
- name: volume
  image: {{ include "ankisyncd.image" (list . .Values.collection.image) }}
  imagePullPolicy: {{ .Values.imagePullPolicy }}
  command: [/usr/bin/ankisyncctl]
  args: [--data, /data, volume, init{{ with .Values.persistence.expectedVolumeId }}, --expect, {{ . | quote }}{{ end }}]
  securityContext: {{ include "ankisyncd.containerSecurity" . | nindent 4 }}
  resources:
    requests: {cpu: 10m, memory: 16Mi}
    limits: {memory: 64Mi}
  volumeMounts:
    - {name: data, mountPath: /data}
{{- end }}

{{/* A whole pod template. Takes (list $ component values client-port ops-port program). */}}
{{- define "ankisyncd.podTemplate" -}}
{{- $root := index . 0 -}}{{- $component := index . 1 -}}{{- $of := index . 2 -}}
{{- $port := index . 3 -}}{{- $ops := index . 4 -}}{{- $program := index . 5 -}}
metadata:
  labels:
    {{- include "ankisyncd.labels" (list $root $component) | nindent 4 }}
    {{- with $of.podLabels }}{{ toYaml . | nindent 4 }}{{ end }}
  annotations:
    checksum/config: {{ include "ankisyncd.settings" $root | sha256sum }}
    {{- with $of.podAnnotations }}{{ toYaml . | nindent 4 }}{{ end }}
spec:
  {{- include "ankisyncd.podSettings" (list $root $of) | nindent 2 }}
  terminationGracePeriodSeconds: {{ $of.terminationGracePeriodSeconds }}
  {{- $affinity := deepCopy $of.affinity }}
  {{- if eq $component "media" }}
  {{- $affinity = mergeOverwrite $affinity (dict "podAffinity" (include "ankisyncd.besideCollection" $root | fromYaml)) }}
  {{- end }}
  {{- with $affinity }}
  affinity: {{ toYaml . | nindent 4 }}
  {{- end }}
  {{- with $of.topologySpreadConstraints }}
  topologySpreadConstraints: {{ toYaml . | nindent 4 }}
  {{- end }}
  initContainers:
    {{- with $of.initContainers }}{{ toYaml . | nindent 4 }}{{ end }}
    {{- include "ankisyncd.volumeInit" $root | nindent 4 }}
  containers:
    - name: {{ $program }}
      image: {{ include "ankisyncd.image" (list $root $of.image) }}
      imagePullPolicy: {{ $root.Values.imagePullPolicy }}
      env:
        - {name: ANKISYNCD_CONFIG, value: /etc/ankisyncd/ankisyncd.yaml}
        - {name: ANKISYNCD_DATA, value: /data}
        {{- if $root.Values.cellsMap }}
        - {name: ANKISYNCD_CELLS_MAP, value: /etc/ankisyncd-cells/cells.yaml}
        {{- end }}
        {{- with $of.extraEnv }}{{ toYaml . | nindent 8 }}{{ end }}
      {{- if or $of.extraEnvFrom (and (eq $component "collection") $root.Values.accounts.existingSecret) }}
      envFrom:
        {{- if eq $component "collection" }}{{ with $root.Values.accounts.existingSecret }}
        - secretRef: {name: {{ . }}}
        {{- end }}{{ end }}
        {{- with $of.extraEnvFrom }}{{ toYaml . | nindent 8 }}{{ end }}
      {{- end }}
      ports:
        - {name: client, containerPort: {{ $port }}}
        - {name: ops, containerPort: {{ $ops }}}
      {{- with $of.preStopSeconds }}
      lifecycle:
        preStop: {sleep: {seconds: {{ . }}}}
      {{- end }}
      startupProbe: # a long one: an upgrade of the volume may take its time
        httpGet: {path: /livez, port: ops}
        periodSeconds: 1
        failureThreshold: 900
      livenessProbe:
        httpGet: {path: /livez, port: ops}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet: {path: /readyz, port: ops}
        periodSeconds: 1
        timeoutSeconds: 5
        failureThreshold: 3
      securityContext: {{ include "ankisyncd.containerSecurity" $root | nindent 8 }}
      {{- with $of.resources }}
      resources: {{ toYaml . | nindent 8 }}
      {{- end }}
      volumeMounts:
        - {name: data, mountPath: /data}
        - {name: settings, mountPath: /etc/ankisyncd, readOnly: true}
        {{- with $root.Values.cellsMap }}
        - {name: cells, mountPath: /etc/ankisyncd-cells, readOnly: true}
        {{- end }}
        - {name: tmp, mountPath: /tmp}
        {{- with $of.extraVolumeMounts }}{{ toYaml . | nindent 8 }}{{ end }}
    {{- with $of.extraContainers }}{{ toYaml . | nindent 4 }}{{ end }}
  volumes:
    {{- if or (eq $component "media") $root.Values.persistence.existingClaim }}
    - name: data
      persistentVolumeClaim: {claimName: {{ include "ankisyncd.claim" $root }}}
    {{- end }}
    - name: settings
      configMap: {name: {{ include "ankisyncd.fullname" $root }}}
    {{- with $root.Values.cellsMap }}
    - name: cells
      configMap: {name: {{ . }}}
    {{- end }}
    - name: tmp
      emptyDir: {sizeLimit: {{ $root.Values.persistence.tmpSize }}}
    {{- with $of.extraVolumes }}{{ toYaml . | nindent 4 }}{{ end }}
{{- end }}

{{/* ankisyncd.yaml */}}
{{- define "ankisyncd.settings" -}}
{{- $settings := deepCopy .Values.config -}}
{{- with .Values.trustedProxies -}}
{{- $_ := set $settings "proxy" (mergeOverwrite (dict "trusted" .) ($settings.proxy | default dict)) -}}
{{- end -}}
{{- with trimSuffix "/" (ternary .Values.httpRoute.path .Values.ingress.path .Values.httpRoute.enabled) -}}
{{- $_ := set $settings "base_path" . -}}
{{- end -}}
{{ toYaml $settings }}
{{- end }}
