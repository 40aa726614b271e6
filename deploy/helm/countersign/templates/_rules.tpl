{{/* What the control plane may do in each namespace that it reads. */}}
{{- define "countersign.rules" -}}
- apiGroups: [getambassador.io]
  resources:
    - authservices
    - consulresolvers
    - hosts
    - kubernetesendpointresolvers
    - kubernetesserviceresolvers
    - listeners
    - logservices
    - mappings
    - modules
    - ratelimitservices
    - tcpmappings
    - tlscontexts
    - tracingservices
  verbs: [get, list, watch]
- apiGroups: [""]
  resources: [secrets, services]
  verbs: [get, list, watch]
{{- if .Values.kubernetes.pods }}
# ServiceAccounts of the Pods behind a Service, for TLSContexts with `istio`.
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch]
{{- end }}
- apiGroups: [discovery.k8s.io]
  resources: [endpointslices]
  verbs: [get, list, watch]
- apiGroups: [networking.k8s.io]
  resources: [ingresses]
  verbs: [get, list, watch]
- apiGroups: [gateway.networking.k8s.io]
  resources: [referencegrants]
  verbs: [get, list, watch]
{{- if .Values.kubernetes.status }}
# What becomes of definitions, told on them.
- apiGroups: [getambassador.io]
  resources: [hosts/status, listeners/status, mappings/status, tcpmappings/status, tlscontexts/status]
  verbs: [patch]
- apiGroups: [networking.k8s.io]
  resources: [ingresses/status]
  verbs: [patch]
- apiGroups: [""]
  resources: [events]
  verbs: [create, patch]
{{- end }}
{{- end -}}
