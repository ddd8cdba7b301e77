#!/bin/bash
# read-parameter.sh NAME: prints the answer of Systems Manager to a request for a parameter, signed
# by this host's role.
set -euo pipefail

metadata() { curl -sSf -m 5 -H "X-aws-ec2-metadata-token: $token" "http://169.254.169.254/latest/meta-data/$1"; }
token=$(curl -sSf -m 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token)
role=$(metadata iam/security-credentials/)
credentials=$(metadata "iam/security-credentials/$role")
jq -r '"user = \"\(.AccessKeyId):\(.SecretAccessKey)\"", "header = \"X-Amz-Security-Token: \(.Token)\""' <<<"$credentials" |
  curl -sS -m 10 -K - --aws-sigv4 aws:amz:ap-northeast-2:ssm -H 'Content-Type: application/x-amz-json-1.1' \
    -H 'X-Amz-Target: AmazonSSM.GetParameter' -d "{\"Name\": \"$1\", \"WithDecryption\": true}" https://ssm.ap-northeast-2.amazonaws.com/
