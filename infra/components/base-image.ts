import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { local } from "@pulumi/command";
import { RunError } from "@pulumi/pulumi";

/** Label of stand-ins: base images that `./run` built, because it could not pull official ones. */
const STAND_IN_LABEL = "gifticon-event.stand-in";
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Prints the label of an image of this machine's engine. Prints nothing for an official image, or
 * without an image or an engine: then the build pulls the official image or fails.
 */
const PRINT_LABEL = `
  const { spawnSync } = require("node:child_process");
  const format = '{{index .Config.Labels "${STAND_IN_LABEL}"}}';
  const { stdout } = spawnSync("docker", ["image", "inspect", "--format", format, process.env.BASE_IMAGE]);
  process.stdout.write(stdout ?? "");
`;

/**
 * Refuses to build from a stand-in on this machine. Stand-ins have the names of official images, so
 * that no Dockerfile differs on a machine that reaches no registry.
 *
 * @param dockerfile path of the Dockerfile, from the root of the project.
 * @throws RunError with the commands that replace the stand-in.
 */
export async function requireOfficialBase(dockerfile: string): Promise<void> {
  const base = baseOf(dockerfile, readFileSync(ROOT + dockerfile, "utf8"));
  const { stdout } = await local.run({
    interpreter: [process.execPath, "-e"],
    command: PRINT_LABEL,
    environment: { BASE_IMAGE: base },
    logging: local.Logging.None,
  });
  refuseStandIn(base, stdout);
}

/** Returns the name of the base image in a Dockerfile's text. */
export function baseOf(path: string, text: string): string {
  const [, base] = /^FROM +(\S+)/m.exec(text) ?? [];
  if (base === undefined) throw new Error(`${path} has no FROM line`);
  return base;
}

/** @throws RunError when the printed label is that of a stand-in. */
export function refuseStandIn(base: string, label: string): void {
  if (label.trim() !== "true") return;
  throw new RunError(
    `${base} on this machine is a stand-in that ./run built for stack local, not the official image. ` +
      `Next: docker image rm ${base} && docker pull ${base}. ` +
      "To build from stand-ins, set gifticon-event:images.standIns to true.",
  );
}
