{{- define "countersign.pkiPod" -}}
{{- $name := include "countersign.fullname" . -}}
metadata:
  labels:
    {{- include "countersign.selector" . | nindent 4 }}
    app.kubernetes.io/component: xds-pki
spec:
  restartPolicy: OnFailure
  serviceAccountName: {{ $name }}-xds-pki
  automountServiceAccountToken: true
  enableServiceLinks: false
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext: {{- include "countersign.podSecurity" 1000 | nindent 4 }}
  {{- include "countersign.placement" .Values.controlPlane | nindent 2 }}
  containers:
    - name: xds-pki
      image: {{ include "countersign.image" (dict "image" .Values.image "version" .Chart.AppVersion) | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args:
        - xds-pki
        - --namespace={{ .Release.Namespace }}
        - --name={{ $name }}
        - --server={{ include "countersign.xdsHost" . }}
        {{- range include "countersign.clients" . | fromJsonArray }}
        - --client={{ with .namespace }}{{ . }}/{{ end }}{{ .name }}=spiffe://{{ $.Values.xds.trustDomain }}/{{ .name }}
        {{- end }}
      resources: {{- toYaml .Values.pki.resources | nindent 8 }}
      securityContext: {{- include "countersign.containerSecurity" . | nindent 8 }}
      volumeMounts:
        - {name: tmp, mountPath: /tmp}
  volumes:
    - {name: tmp, emptyDir: {sizeLimit: 16Mi}}
{{- end -}}
