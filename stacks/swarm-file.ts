import { createHash } from "node:crypto";
import { output, unsecret, type Input, type Output, type Resource } from "@pulumi/pulumi";
import { remoteScript } from "../infra/components/remote-script.ts";
import type { SwarmTarget } from "../infra/components/swarm-target.ts";

/** A file that Swarm hands to tasks. */
export interface SwarmFileArgs {
  swarm: SwarmTarget;
  /** Name of the stack that uses it. */
  stack: string;
  kind: "config" | "secret";
  content: Input<string>;
}

/**
 * Puts a config or a secret into the Swarm, and gives the name that it has there once it is.
 *
 * Swarm's configs and secrets can't change, so the name holds a hash of the content: a changed one is another one, and the service that uses it changes with
 * it. A secret's name is no secret: a random password of 32 letters and digits is not found by 12 digits of its hash.
 */
export function swarmFile(name: string, args: SwarmFileArgs, parent: Resource): Output<string> {
  const { swarm, stack, kind } = args;
  const fullName = unsecret(output(args.content).apply((text) => `${stack}_${name}-${digest(text)}`));
  const file = remoteScript(
    `${stack}-${name}`,
    {
      access: swarm.manager,
      script: "stacks/swarm-file.sh",
      values: { KIND: kind, NAME: fullName, STACK: stack, CONTENT: args.content },
      drift: swarm.drift,
      runsFor: [swarm.id],
      ...(kind === "secret" ? { secret: "input" as const } : {}),
    },
    { parent },
  );
  return output([fullName, file.id]).apply(([ready]) => ready ?? "");
}

/** 12 hexadecimal digits of SHA-256: Swarm's names have at most 64 characters. */
export function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
