import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import { remoteScript } from "../infra/components/remote-script.ts";
import type { SwarmTarget } from "../infra/components/swarm-target.ts";
import { renderCompose, type Compose } from "./compose.ts";
import { swarmFile } from "./swarm-file.ts";

/** A file of the stack. */
export interface StackFile {
  kind: "config" | "secret";
  content: Input<string>;
}

/** Files of a stack, by their name in the Compose function. */
export type StackFiles = Record<string, StackFile>;

/** Arguments of a stack. */
export interface StackArgs<Files extends StackFiles> {
  swarm: SwarmTarget;
  files: Files;
  /** Returns the Compose file, given the files' names in the Swarm. */
  compose: (files: { [File in keyof Files]: Output<string> }) => Output<Compose>;
  timeoutSeconds: number;
  /** Resources that the services need: nodes with their images, other stacks, the database. */
  after: Resource[];
}

/**
 * A stack on the Swarm. It is deployed when its services are healthy. A version that doesn't start
 * fails the update with the last log lines of the failed task, and the previous version keeps
 * serving.
 */
export class Stack<Files extends StackFiles> extends ComponentResource {
  readonly deployment: Resource;

  constructor(name: string, args: StackArgs<Files>, options?: ComponentResourceOptions) {
    super("gifticon-event:stacks:Stack", name, {}, options);
    const { swarm } = args;
    const files = Object.entries(args.files).map(
      ([file, content]) => [file, swarmFile(file, { swarm, stack: name, ...content }, this)] as const,
    );
    const names = Object.fromEntries(files) as { [File in keyof Files]: Output<string> };
    this.deployment = remoteScript(
      `${name}-stack`,
      {
        access: swarm.manager,
        script: "stacks/stack.sh",
        values: {
          STACK: name,
          COMPOSE: args.compose(names).apply(renderCompose),
          FILES: files.map(([, fullName]) => fullName),
          TIMEOUT_SECONDS: args.timeoutSeconds,
        },
        removes: true,
        drift: swarm.drift,
        rerunOnChange: [swarm.id],
      },
      { parent: this, dependsOn: args.after, deletedWith: swarm.component },
    );
    this.registerOutputs({});
  }
}
