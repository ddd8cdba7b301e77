import { z } from "zod";
import { readArguments, runCommand } from "../operate/arguments.ts";
import { NotReadyError, readProgramKey } from "../operate/stack-outputs.ts";
import { SshHosts } from "../operate/ssh-hosts.ts";
import { checkAuthority } from "./checks/authority.ts";
import { checkCredits } from "./checks/credits.ts";
import { checkDeadLetters } from "./checks/dead-letters.ts";
import { checkLoadBalancer } from "./checks/load-balancer.ts";
import { checkEvent } from "./checks/event.ts";
import { checkHosts } from "./checks/hosts.ts";
import { checkNodes } from "./checks/nodes.ts";
import { checkPatches, patchAge } from "./checks/patches.ts";
import { checkReplacedTopic } from "./checks/replaced-topic.ts";
import { checkServices } from "./checks/services.ts";
import { checkTransactions } from "./checks/transactions.ts";
import { checkTopics } from "./checks/topics.ts";
import { readCredits } from "./cloudwatch.ts";
import { type Declared, declaredTopics, readDeclared } from "./declared.ts";
import { CheckFailed, type Finding } from "./finding.ts";
import { observe } from "./observation.ts";
import { exitCodeOf, linesOf, NOT_CHECKED, type Section } from "./report.ts";
import { stepsOf } from "./steps.ts";

/** Exit code of a doctor that was cancelled. */
const CANCELLED = 130;
// By default a signal skips the "exit" event, at which SshHosts removes the private key.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(CANCELLED));

const USAGE = `Usage: ./run doctor [--stack NAME] [--identity FILE]

  --stack NAME      local (default) or dev
  --identity FILE   your own SSH key; without it, the program's is read from the state of the stack`;
const schema = z.strictObject({ stack: z.string().default("local"), identity: z.string().optional() });

await runCommand(USAGE, async (args) => {
  const text = { type: "string" } as const;
  const { options } = readArguments(args, { options: { stack: text, identity: text }, schema });
  try {
    return await examine(options.stack, options.identity);
  } catch (error) {
    if (!(error instanceof NotReadyError || error instanceof CheckFailed)) throw error;
    console.log(
      `unknown  ${error.message.replaceAll("\n", "; ")}${error instanceof CheckFailed ? `; next: ${error.next}` : ""}`,
    );
    return NOT_CHECKED;
  }
});

/** @returns the exit code. */
async function examine(stack: string, identity: string | undefined): Promise<number> {
  const declared = await readDeclared(stack);
  const { outputs, state } = declared;
  await using hosts = await SshHosts.open(
    outputs,
    identity === undefined ? { key: await readProgramKey(stack, state) } : { file: identity },
  );
  const observation = await observe(hosts, outputs, declaredTopics(declared));
  const steps = stepsOf(stack, declared);
  const sections: Section[] = [
    {
      passed: "nodes: in the Swarm, with the declared labels and availability",
      findings: [...checkNodes(declared, observation, steps), ...checkAuthority(declared, observation, steps.up)],
    },
    {
      passed: `hosts: reachable, with free disk space, the right time, valid certificates, and packages of ${patchAge(observation)} days or less`,
      // The hosts of the local cloud have the packages of an image that this machine has built.
      findings: [...checkHosts(observation, steps), ...(stack === "local" ? [] : checkPatches(observation, steps.up))],
    },
    {
      passed: "services: as in the stack files, all tasks running",
      findings: checkServices(declared, observation, steps.up),
    },
    {
      passed: "event: broker, database and topics work, and the queue moves",
      findings: [
        ...checkTopics(declared, observation, steps.up),
        ...checkReplacedTopic(observation),
        ...checkTransactions(observation),
        ...checkEvent(observation),
        ...checkDeadLetters(observation, steps.replay),
      ],
    },
    {
      passed: "load balancer: the API answers through it",
      findings: checkLoadBalancer(outputs.apiUrl, observation, steps.up),
    },
  ];
  print(sections);
  const findings = sections.flatMap((section) => section.findings);
  if (stack === "local") {
    console.log("-        CPU credits: the local cloud has none");
    return exitCodeOf(findings);
  }
  const credits = await examineCredits(declared);
  print([{ passed: "CPU credits: enough for an event", findings: credits }]);
  return exitCodeOf([...findings, ...credits]);
}

async function examineCredits(declared: Declared): Promise<Finding[]> {
  try {
    return checkCredits(await readCredits(declared));
  } catch (error) {
    if (!(error instanceof CheckFailed)) throw error;
    return [{ unknown: true, what: error.message, next: error.next }];
  }
}

function print(sections: readonly Section[]): void {
  for (const line of linesOf(sections)) console.log(line);
}
