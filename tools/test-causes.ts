import { stripVTControlCharacters } from "node:util";
import type { TestEvent } from "node:test/reporters";

/**
 * Most lines of a message: enough for an assertion's difference or the end of a command's output.
 */
const LINES = 40;

/**
 * A reporter of Node's test runner: prints the error message of each failed test at the end. The
 * usual reporter adds so many properties of a failed command's error that its message scrolls away.
 */
export default async function* causes(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    if (event.type !== "test:fail") continue;
    const { name, details, file } = event.data;
    const { error } = details;
    // A suite fails because of its tests, which are reported themselves.
    if ("failureType" in error && error.failureType === "subtestsFailed") continue;
    const { cause } = error;
    const lines = stripVTControlCharacters(cause instanceof Error ? cause.message : String(cause)).split("\n");
    const shown = lines.length > LINES ? [...lines.slice(0, LINES / 2), "...", ...lines.slice(-LINES / 2)] : lines;
    yield `failed: ${name} (${file ?? "?"})\n${shown.map((line) => `  ${line}`).join("\n")}\n`;
  }
}
