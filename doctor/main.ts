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
import { checkServices } from "./checks/services.ts";
import { checkTransactions } from "./checks/transactions.ts";
import { checkTopics } from "./checks/topics.ts";
import { readCredits } from "./cloudwatch.ts";
import { declaredTopics, readDeclared } from "./declared.ts";
import { Unseen, type Finding } from "./finding.ts";
import { look } from "./sight.ts";
import { stepsOf } from "./steps.ts";

// `./run doctor`: exits with 0 when all is well, 1 when something is wrong, 2 when it couldn't
// look.
const WRONG = 1;
const UNSEEN = 2;

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
    if (!(error instanceof NotReadyError || error instanceof Unseen)) throw error;
    console.log(
      `unseen  ${error.message.replaceAll("\n", "; ")}${error instanceof Unseen ? `; next: ${error.next}` : ""}`,
    );
    return UNSEEN;
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
  const sight = await look(hosts, outputs, declaredTopics(declared));
  const steps = stepsOf(stack, declared);
  const findings = [
    ...tell("nodes: in the Swarm, labelled and available as declared", [
      ...checkNodes(declared, sight, steps),
      ...checkAuthority(declared, sight, steps.up),
    ]),
    ...tell("hosts: reached, with room, the right time and certificates in date", checkHosts(sight, steps)),
    ...tell("services: as the stack files have them, all tasks running", checkServices(declared, sight, steps.up)),
    ...tell("event: broker, database and topic serve, and the queue moves", [
      ...checkTopics(declared, sight, steps.up),
      ...checkTransactions(sight),
      ...checkEvent(sight, steps.up),
    ]),
    ...tell("entrance: the API answers through the load balancer", checkLoadBalancer(outputs.apiUrl, sight, steps.up)),
  ];
  if (stack === "local") {
    console.log("-       CPU credits: the local cloud has none");
    return exitCodeOf(findings);
  }
  try {
    findings.push(...tell("CPU credits: they last", checkCredits(await readCredits(declared))));
  } catch (error) {
    if (!(error instanceof Unseen)) throw error;
    findings.push(...tell("", [{ unseen: true, what: error.message, next: error.next }]));
  }
  return exitCodeOf(findings);
}

function exitCodeOf(findings: readonly Finding[]): number {
  if (findings.length === 0) return 0;
  return findings.every(({ unseen }) => unseen) ? UNSEEN : WRONG;
}

/** One line for what is well, or one for each finding. */
function tell(well: string, findings: Finding[]): Finding[] {
  if (findings.length === 0) console.log(`well    ${well}`);
  for (const { what, next, unseen } of findings) console.log(`${unseen ? "unseen" : "wrong "}  ${what}; next: ${next}`);
  return findings;
}
