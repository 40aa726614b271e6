{{- define "countersign.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Names of what belongs to the cluster as a whole. */}}
{{- define "countersign.clusterName" -}}
{{- printf "%s-%s" (include "countersign.fullname" .) .Release.Namespace -}}
{{- end -}}

{{- define "countersign.selector" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "countersign.labels" -}}
{{ include "countersign.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: countersign
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{/* The name by which Envoys know the control plane; it is in its certificate. */}}
{{- define "countersign.xdsHost" -}}
{{- printf "%s-xds.%s.svc" (include "countersign.fullname" .) .Release.Namespace -}}
{{- end -}}

{{- define "countersign.image" -}}
{{- with .image -}}
{{- if .digest -}}{{ .repository }}@{{ .digest }}{{- else -}}{{ .repository }}:{{ .tag | default $.version }}{{- end -}}
{{- end -}}
{{- end -}}

{{/* Every client of the xDS port, the edge first: name, nodeIds, groups. */}}
{{- define "countersign.clients" -}}
{{- $clients := list -}}
{{- if .Values.edge.enabled -}}
{{- $clients = append $clients (dict "name" "edge" "nodeIds" (list (printf "%s-edge-*" (include "countersign.fullname" .))) "groups" (list .Values.edge.ambassadorId)) -}}
{{- end -}}
{{- concat $clients .Values.xds.clients | toJson -}}
{{- end -}}

{{- define "countersign.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "countersign.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{/* Over nodes and zones; `component` of this release. */}}
{{- define "countersign.spread" -}}
{{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
- maxSkew: 1
  topologyKey: {{ . }}
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
      {{- include "countersign.selector" $.root | nindent 6 }}
      app.kubernetes.io/component: {{ $.component }}
{{- end }}
{{- end -}}

{{/* What `values` say of where Pods run. */}}
{{- define "countersign.placement" -}}
{{- with .nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}
