import { readFileSync } from "node:fs";
import type { ServiceName } from "../bundle.ts";

/** Returns the flags of Node.js in the CMD of a service's Dockerfile. */
export function flagsOfImage(service: ServiceName): string[] {
  const dockerfile = readFileSync(new URL(`../${service}/Dockerfile`, import.meta.url), "utf8");
  const command = JSON.parse(/^CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? "[]") as string[];
  if (command[0] !== "node" || command.at(-1) !== "main.mjs") {
    throw new Error(`the Dockerfile of ${service} doesn't end with CMD ["node", ..., "main.mjs"]`);
  }
  return command.slice(1, -1);
}
