import { DATABASE_CA_FILE } from "@gifticon/contract/facts/paths.ts";
import { renderScript } from "../scripts/render-script.ts";

// Docker unpacks the layers that it pulls by pigz where that is there, in half the time.
const PACKAGES = ["ca-certificates", "curl", "jq", "docker.io", "docker-cli", "pigz", "amazon-ecr-credential-helper"];

/** AWS takes at most 16 KiB of user data. */
const LIMIT_BYTES = 16_384;

/** What a host's first boot is told. Nothing of it is a secret: user data can be read by everyone who may describe the instance. */
export interface HostScriptValues {
  hostName: string;
  /** Number that no script reads: another one makes another user data, which replaces the host. */
  generation: number;
  region: string;
  /** Name of the SSM parameter with the private half of the host's SSH key. */
  hostKeyParameter: string;
  /** Host name of the ECR registry. */
  registry: string;
  /** The key that may ask this host to leave the Swarm. */
  leavePublicKey: string;
  /** Only on the first manager: name of the SSM parameter with that key's private half. */
  leaveKeyParameter?: string;
  /** Let the first manager into the Swarm that this host manages. */
  admits?: boolean;
  /** Install the agent of SSM Session Manager. */
  sessionManager: boolean;
}

/**
 * Renders the script of a host's first boot.
 *
 * @throws RangeError when it is longer than AWS takes.
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
      DATABASE_CA_FILE,
      SESSION_MANAGER: values.sessionManager,
    },
    // The first has none, so that hosts from before there were generations stay.
    values.generation === 1 ? {} : { GENERATION: values.generation },
  );
  const bytes = Buffer.byteLength(script);
  if (bytes > LIMIT_BYTES)
    throw new RangeError(`user data of ${values.hostName} has ${bytes} bytes; AWS takes ${LIMIT_BYTES}`);
  return script;
}
