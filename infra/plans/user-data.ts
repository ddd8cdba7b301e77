import { DATABASE_CA_FILE } from "@gifticon/contract/facts/paths.ts";
import { renderScript } from "../scripts/render-script.ts";

// Docker decompresses pulled layers with pigz if it is installed, in half the time.
const PACKAGES = ["ca-certificates", "curl", "jq", "docker.io", "docker-cli", "pigz", "amazon-ecr-credential-helper"];

/** Maximum size of user data on AWS. */
const LIMIT_BYTES = 16_384;

/**
 * Values of a host's first boot. None is a secret: everyone who may describe the instance can read
 * user data.
 */
export interface HostScriptValues {
  hostName: string;
  /** Unused by the script. A new number changes the user data, which replaces the host. */
  generation: number;
  region: string;
  /** Name of the SSM parameter with the private half of the host's SSH key. */
  hostKeyParameter: string;
  /** Host name of the ECR registry. */
  registry: string;
  /** Public key that may ask this host to leave the Swarm. */
  leavePublicKey: string;
  /** First manager only: name of the SSM parameter with that key's private half. */
  leaveKeyParameter?: string;
  /** Lets a new first manager into the Swarm that this host manages. */
  admits?: boolean;
  /** Installs the agent of SSM Session Manager. */
  sessionManager: boolean;
}

/**
 * Renders the script of a host's first boot.
 *
 * @throws RangeError when it exceeds AWS's limit.
 */
export function renderUserData(values: HostScriptValues): string {
  const script = renderScript(
    "infra/scripts/boot/user-data.sh",
    {
      HOST_NAME: values.hostName,
      REGION: values.region,
      PACKAGES,
      HOST_KEY_PARAMETER: values.hostKeyParameter,
      REGISTRY: values.registry,
      LEAVE_PUBLIC_KEY: values.leavePublicKey.trim(),
      LEAVE_KEY_PARAMETER: values.leaveKeyParameter ?? "",
      LEAVE_SCRIPT: renderScript(`infra/scripts/member/${values.admits === true ? "admit-or-leave" : "leave"}.sh`, {}),
      RESTORE_SCRIPT: renderScript("infra/scripts/member/restore-images.sh", {}),
      DATABASE_CA_FILE,
      SESSION_MANAGER: values.sessionManager,
    },
    // Generation 1 is left out, so that hosts created before generations existed stay.
    values.generation === 1 ? {} : { GENERATION: values.generation },
  );
  const bytes = Buffer.byteLength(script);
  if (bytes > LIMIT_BYTES)
    throw new RangeError(`user data of ${values.hostName} has ${bytes} bytes; AWS allows ${LIMIT_BYTES}`);
  return script;
}
