import { readMainApiSettings } from "@gifticon/runtime/environment.ts";
import { openEvent } from "./event.ts";
import { evidence } from "./evidence.ts";
import { reset } from "./reset.ts";
import { sample } from "./sample.ts";

/**
 * The load test's agent inside the event's network. Each process runs one command: `reset` removes
 * the rows of earlier load tests and prints the state before a run, `sample` prints a sample each
 * second until its standard input ends, and `evidence OFFSETS` prints the records and rows of a
 * run.
 */
const [command, argument] = process.argv.slice(2);
const commands = { reset, sample, evidence };
if (command === undefined || !(command in commands)) {
  process.stderr.write(`there is no command ${command ?? ""}; there are: ${Object.keys(commands).join(", ")}\n`);
  process.exit(2);
}
try {
  await using event = openEvent(readMainApiSettings(process.env));
  await commands[command as keyof typeof commands](event, argument);
  process.exitCode = 0;
} catch (error) {
  process.stderr.write(`${command}: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
