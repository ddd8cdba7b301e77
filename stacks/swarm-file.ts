import { output, unsecret, type Input, type Output, type Resource } from "@pulumi/pulumi";
import { remoteScript } from "../infra/components/remote-script.ts";
import { shortDigest } from "../infra/plans/digest.ts";
import type { SwarmTarget } from "../infra/components/swarm-target.ts";

/** A Swarm config or secret. */
export interface SwarmFileArgs {
  swarm: SwarmTarget;
  /** Name of the stack that uses it. */
  stack: string;
  kind: "config" | "secret";
  content: Input<string>;
}

/**
 * Creates a config or secret in the Swarm and returns its name there.
 *
 * Configs and secrets are immutable, so the name contains a hash of the content. A change creates a
 * new one and updates the services that use it. The hash is short, as names have at most 64
 * characters. It reveals no secret: 12 digits don't identify a random password of 32 letters and
 * digits.
 */
export function swarmFile(name: string, args: SwarmFileArgs, parent: Resource): Output<string> {
  const { swarm, stack, kind } = args;
  const fullName = unsecret(output(args.content).apply((text) => `${stack}_${name}-${shortDigest(text)}`));
  const file = remoteScript(
    `${stack}-${name}`,
    {
      access: swarm.manager,
      script: "stacks/swarm-file.sh",
      values: { KIND: kind, NAME: fullName, STACK: stack, CONTENT: args.content },
      drift: swarm.drift,
      rerunOnChange: [swarm.id],
      ...(kind === "secret" ? { secret: "input" as const } : {}),
    },
    { parent },
  );
  return output([fullName, file.id]).apply(([ready]) => ready ?? "");
}
