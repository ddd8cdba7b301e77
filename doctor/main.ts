import { z } from "zod";
import { readArguments, runCommand } from "../operate/arguments.ts";
import { NotReadyError, readProgramKey } from "../operate/stack-outputs.ts";
import { SshHosts } from "../operate/ssh-hosts.ts";
import { checkAuthority } from "./checks/authority.ts";
import { checkCredits } from "./checks/credits.ts";
import { checkLoadBalancer } from "./checks/load-balancer.ts";
import { checkEvent } from "./checks/event.ts";
import { checkHosts } from "./checks/hosts.ts";
import { checkNodes } from "./checks/nodes.ts";
import { checkReplacedTopic } from "./checks/replaced-topic.ts";
import { checkServices } from "./checks/services.ts";
import { checkTransactions } from "./checks/transactions.ts";
import { checkTopics } from "./checks/topics.ts";
import { readCredits } from "./cloudwatch.ts";
import { declaredTopics, readDeclared } from "./declared.ts";
import { CheckFailed, type Finding } from "./finding.ts";
import { observe } from "./observation.ts";
import { stepsOf } from "./steps.ts";

// `./run doctor` exits with 0 without faults, 1 with a fault, 2 when a check could not be made, and
// 130 when it was cancelled.
const FAULTY = 1;
const NOT_CHECKED = 2;
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
  const findings = [
    ...print("nodes: in the Swarm, with the declared labels and availability", [
      ...checkNodes(declared, observation, steps),
      ...checkAuthority(declared, observation, steps.up),
    ]),
    ...print(
      "hosts: reachable, with free disk space, the right time and valid certificates",
      checkHosts(observation, steps),
    ),
    ...print("services: as in the stack files, all tasks running", checkServices(declared, observation, steps.up)),
    ...print("event: broker, database and topics work, and the queue moves", [
      ...checkTopics(declared, observation, steps.up),
      ...checkReplacedTopic(observation),
      ...checkTransactions(observation),
      ...checkEvent(observation, steps.up),
    ]),
    ...print("load balancer: the API answers through it", checkLoadBalancer(outputs.apiUrl, observation, steps.up)),
  ];
  if (stack === "local") {
    console.log("-        CPU credits: the local cloud has none");
    return exitCodeOf(findings);
  }
  try {
    findings.push(...print("CPU credits: enough for an event", checkCredits(await readCredits(declared))));
  } catch (error) {
    if (!(error instanceof CheckFailed)) throw error;
    findings.push(...print("", [{ unknown: true, what: error.message, next: error.next }]));
  }
  return exitCodeOf(findings);
}

function exitCodeOf(findings: readonly Finding[]): number {
  if (findings.length === 0) return 0;
  return findings.every(({ unknown }) => unknown) ? NOT_CHECKED : FAULTY;
}

/** Prints one line for a passed check, or one for each finding. */
function print(passed: string, findings: Finding[]): Finding[] {
  if (findings.length === 0) console.log(`ok       ${passed}`);
  for (const { what, next, unknown } of findings)
    console.log(`${unknown ? "unknown" : "fault  "}  ${what}; next: ${next}`);
  return findings;
}
