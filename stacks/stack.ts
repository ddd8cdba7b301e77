import {
  ComponentResource,
  output,
  type ComponentResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import { remoteScript } from "../infra/components/remote-script.ts";
import type { SwarmTarget } from "../infra/components/swarm-target.ts";
import { renderCompose, type Compose } from "./compose.ts";
import { swarmFile } from "./swarm-file.ts";

/** A file of the stack, by its name in the Compose function. */
export interface StackFile {
  kind: "config" | "secret";
  content: Input<string>;
}

/** Arguments of a stack. */
export interface StackArgs<F extends string> {
  swarm: SwarmTarget;
  files: Record<F, StackFile>;
  /** Returns the Compose file, given the files' names in the Swarm. */
  compose: (files: Record<F, Output<string>>) => Output<Compose>;
  timeoutSeconds: number;
  /** Resources that the services need: nodes with their images, other stacks, the database. */
  after: Resource[];
}

/**
 * A stack on the Swarm. It is deployed when its services are healthy. A version that doesn't start
 * fails the update with the service's last log lines, and the previous version keeps serving.
 */
export class Stack<F extends string> extends ComponentResource {
  readonly deployment: Resource;

  constructor(name: string, args: StackArgs<F>, options?: ComponentResourceOptions) {
    super("gifticon-event:stacks:Stack", name, {}, options);
    const { swarm } = args;
    const files = Object.entries<StackFile>(args.files).map(
      ([file, content]) => [file, swarmFile(file, { swarm, stack: name, ...content }, this)] as const,
    );
    const names = Object.fromEntries(files) as Record<F, Output<string>>;
    this.deployment = remoteScript(
      `${name}-stack`,
      {
        access: swarm.manager,
        script: "stacks/stack.sh",
        values: {
          STACK: name,
          COMPOSE: args.compose(names).apply(renderCompose),
          FILES: output(Object.values<Output<string>>(names)),
          TIMEOUT_SECONDS: args.timeoutSeconds,
        },
        removes: true,
        drift: swarm.drift,
        runsFor: [swarm.id],
      },
      { parent: this, dependsOn: args.after, deletedWith: swarm.managerInstance },
    );
    this.registerOutputs({});
  }
}
