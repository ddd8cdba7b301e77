import { renderScript } from "./script.ts";

/** Where the host keeps the certificate authorities of RDS; the services have it mounted. */
export const DATABASE_CA_FILE = "/var/lib/gifticon-event/database-ca.pem";

/** AWS takes at most 16 KiB of user data. */
const LIMIT_BYTES = 16_384;

/** What a host's first boot is told. Nothing of it is a secret: user data can be read by everyone who may describe the instance. */
export interface HostScriptValues {
  hostName: string;
  region: string;
  /** Name of the SSM parameter with the private half of the host's SSH key. */
  hostKeyParameter: string;
  /** What a node of the Swarm needs besides; undefined for a host outside of it. */
  node?: {
    /** Host name of the ECR registry. */
    registry: string;
    /** The key that may ask this host to leave the Swarm. */
    leavePublicKey: string;
    /** Only on the manager: name of the SSM parameter with that key's private half. */
    leaveKeyParameter?: string;
  };
  /** Install the agent of SSM Session Manager. */
  sessionManager: boolean;
}

/**
 * Renders the script of a host's first boot.
 *
 * @throws RangeError when it is longer than AWS takes.
 */
export function renderUserData(values: HostScriptValues): string {
  const { node } = values;
  const script = renderScript("infra/host/user-data.sh", {
    HOST_NAME: values.hostName,
    REGION: values.region,
    PACKAGES: packages(node !== undefined),
    HOST_KEY_PARAMETER: values.hostKeyParameter,
    SWARM_NODE: node !== undefined,
    REGISTRY: node?.registry ?? "",
    LEAVE_PUBLIC_KEY: node?.leavePublicKey.trim() ?? "",
    LEAVE_KEY_PARAMETER: node?.leaveKeyParameter ?? "",
    LEAVE_SCRIPT: node ? renderScript("infra/host/leave.sh", {}) : "",
    DATABASE_CA_FILE,
    SESSION_MANAGER: values.sessionManager,
  });
  const bytes = Buffer.byteLength(script);
  if (bytes > LIMIT_BYTES)
    throw new RangeError(`user data of ${values.hostName} has ${bytes} bytes; AWS takes ${LIMIT_BYTES}`);
  return script;
}

function packages(swarmNode: boolean): string[] {
  const all = ["ca-certificates", "curl", "jq"];
  // Docker unpacks the layers that it pulls by pigz where that is there, in half the time.
  return swarmNode ? [...all, "docker.io", "docker-cli", "pigz", "amazon-ecr-credential-helper"] : all;
}
