{{- define "khabar.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- /* The workers' names follow it: room is kept for them. */ -}}
{{- define "khabar.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains (include "khabar.name" .) .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "khabar.name" .) | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "khabar.selector" -}}
app.kubernetes.io/name: {{ include "khabar.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "khabar.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "khabar.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: khabar
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "khabar.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{- define "khabar.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "khabar.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- /* Ports of the brokers, once each, as a JSON list. */ -}}
{{- define "khabar.brokerPorts" -}}
{{- $ports := list -}}
{{- if .Values.networkPolicy.brokerPorts -}}
{{- $ports = .Values.networkPolicy.brokerPorts -}}
{{- else -}}
{{- range splitList "," .Values.kafka.bootstrapServers -}}
{{- $ports = append $ports (trim . | splitList ":" | last | int) -}}
{{- end -}}
{{- end -}}
{{- $ports | uniq | toJson -}}
{{- end -}}

{{- /* How workers and jobs reach Kafka; secrets come from files. */ -}}
{{- define "khabar.kafkaEnv" -}}
{{- with .Values.kafka -}}
- name: KHABAR_KAFKA_BOOTSTRAP_SERVERS
  value: {{ .bootstrapServers | quote }}
- name: KHABAR_KAFKA_TOPIC_PREFIX
  value: {{ .topicPrefix | quote }}
- name: KHABAR_KAFKA_SECURITY_PROTOCOL
  value: {{ .securityProtocol }}
{{- if contains "SASL" .securityProtocol }}
- name: KHABAR_KAFKA_SASL_MECHANISM
  value: {{ required "kafka.sasl.mechanism: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512" .sasl.mechanism }}
- name: KHABAR_KAFKA_SASL_USERNAME_FILE
  value: /etc/khabar/sasl/username
- name: KHABAR_KAFKA_SASL_PASSWORD_FILE
  value: /etc/khabar/sasl/password
{{- end }}
{{- if contains "SSL" .securityProtocol }}
- name: KHABAR_KAFKA_SSL_CHECK_HOSTNAME
  value: {{ .tls.checkHostname | quote }}
{{- if .tls.existingSecret }}
{{- if .tls.caKey }}
- name: KHABAR_KAFKA_SSL_CA_PATH
  value: /etc/khabar/tls/ca.crt
{{- end }}
{{- if .tls.certificateKey }}
- name: KHABAR_KAFKA_SSL_CERTIFICATE_PATH
  value: /etc/khabar/tls/tls.crt
- name: KHABAR_KAFKA_SSL_KEY_PATH
  value: /etc/khabar/tls/tls.key
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
{{- end -}}

{{- define "khabar.volumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: {{ .Values.tmpSizeLimit }}
{{- with .Values.kafka }}
{{- if contains "SASL" .securityProtocol }}
- name: sasl
  secret:
    secretName: {{ required "kafka.sasl.existingSecret: a secret with user and password" .sasl.existingSecret }}
    defaultMode: 0440
    items:
      - {key: {{ .sasl.usernameKey | quote }}, path: username}
      - {key: {{ .sasl.passwordKey | quote }}, path: password}
{{- end }}
{{- if and (contains "SSL" .securityProtocol) .tls.existingSecret }}
- name: tls
  secret:
    secretName: {{ .tls.existingSecret }}
    defaultMode: 0440
    items:
      {{- if .tls.caKey }}
      - {key: {{ .tls.caKey | quote }}, path: ca.crt}
      {{- end }}
      {{- if .tls.certificateKey }}
      - {key: {{ .tls.certificateKey | quote }}, path: tls.crt}
      - {key: {{ required "kafka.tls.keyKey: the key to kafka.tls.certificateKey" .tls.keyKey | quote }}, path: tls.key}
      {{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "khabar.volumeMounts" -}}
- name: tmp
  mountPath: /tmp
{{- with .Values.kafka }}
{{- if contains "SASL" .securityProtocol }}
- name: sasl
  mountPath: /etc/khabar/sasl
  readOnly: true
{{- end }}
{{- if and (contains "SSL" .securityProtocol) .tls.existingSecret }}
- name: tls
  mountPath: /etc/khabar/tls
  readOnly: true
{{- end }}
{{- end }}
{{- end -}}

{{- /* The profile `restricted` of the Pod Security Standards, and a read-only root. */ -}}
{{- define "khabar.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "khabar.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- /* What a pod of ours has, whatever it does. */ -}}
{{- define "khabar.podCommon" -}}
automountServiceAccountToken: false
# or a service named khabar-kafka would put variables that no setting knows
enableServiceLinks: false
securityContext:
  {{- include "khabar.podSecurityContext" . | nindent 2 }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
volumes:
  {{- include "khabar.volumes" . | nindent 2 }}
{{- end -}}

{{- /* Not empty for a worker that hubs call: .root, .name. */ -}}
{{- define "khabar.takesCalls" -}}
{{- if and .root.Values.websub.enabled (eq .name "poll") -}}
{{- if eq (int .root.Values.websub.port) (int .root.Values.metricsPort) -}}
{{- fail "websub.port: is metricsPort already" -}}
{{- end -}}
true
{{- end -}}
{{- end -}}

{{- define "khabar.workerEnv" -}}
{{- $root := .root -}}
{{ include "khabar.kafkaEnv" $root }}
# a name of its own for each replica
- name: KHABAR_KAFKA_SLOT
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: KHABAR_WORKER_METRICS_PORT
  value: {{ $root.Values.metricsPort | quote }}
{{- if has .name (list "poll" "articles") }}
{{- with $root.Values.http.userAgentContact }}
- name: KHABAR_HTTP_USER_AGENT_CONTACT
  value: {{ . | quote }}
{{- end }}
{{- with $root.Values.http.allowedNetworks }}
- name: KHABAR_HTTP_ALLOWED_NETWORKS
  value: {{ join "," . | quote }}
{{- end }}
{{- end }}
{{- if include "khabar.takesCalls" . }}
{{- with $root.Values.websub }}
- name: KHABAR_WEBSUB_CALLBACK_URL
  value: {{ .callbackUrl | quote }}
- name: KHABAR_WEBSUB_SECRET_FILE
  value: /etc/khabar/websub/secret
- name: KHABAR_WEBSUB_HOST
  value: 0.0.0.0
- name: KHABAR_WEBSUB_PORT
  value: {{ .port | quote }}
{{- end }}
{{- end }}
{{- with $root.Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- with .worker.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "khabar.workerMounts" -}}
{{ include "khabar.volumeMounts" .root }}
{{- if include "khabar.takesCalls" . }}
- name: websub
  mountPath: /etc/khabar/websub
  readOnly: true
{{- end }}
{{- end -}}

{{- /* The only container of a job: .root, .name, .args; .volumeMounts if it has more. */ -}}
{{- define "khabar.jobContainer" -}}
{{- $root := .root -}}
- name: {{ .name }}
  image: {{ include "khabar.image" $root }}
  imagePullPolicy: {{ $root.Values.image.pullPolicy }}
  args: {{ toJson .args }}
  env:
    {{- include "khabar.kafkaEnv" $root | nindent 4 }}
    {{- with $root.Values.extraEnv }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  resources:
    {{- toYaml $root.Values.jobs.resources | nindent 4 }}
  securityContext:
    {{- include "khabar.securityContext" $root | nindent 4 }}
  volumeMounts:
    {{- include "khabar.volumeMounts" $root | nindent 4 }}
    {{- with .volumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{- /* Egress rules that every pod of ours needs: names, and the brokers. */ -}}
{{- define "khabar.egressToBrokers" -}}
- ports:
    - {port: 53, protocol: UDP}
    - {port: 53, protocol: TCP}
- ports:
    {{- range include "khabar.brokerPorts" . | fromJsonArray }}
    - {port: {{ int . }}, protocol: TCP}
    {{- end }}
  {{- with .Values.networkPolicy.brokerPeers }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
