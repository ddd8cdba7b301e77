import { stripVTControlCharacters } from "node:util";
import type { TestEvent } from "node:test/reporters";

/** Lines of a cause that are told: an assertion's difference or a command's last words fit. */
const LINES = 40;

/**
 * A reporter of Node's test runner: each test that failed, with its error's own words and nothing
 * of its inside. Told last, because the error of a command that failed is otherwise followed by so
 * many properties that its words are off the screen.
 */
export default async function* causes(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    if (event.type !== "test:fail") continue;
    const { name, details, file } = event.data;
    const { error } = details;
    // A suite fails for its tests, which have told their own.
    if ("failureType" in error && error.failureType === "subtestsFailed") continue;
    const { cause } = error;
    const words = stripVTControlCharacters(cause instanceof Error ? cause.message : String(cause)).split("\n");
    const shown = words.length > LINES ? [...words.slice(0, LINES / 2), "...", ...words.slice(-LINES / 2)] : words;
    yield `failed: ${name} (${file ?? "?"})\n${shown.map((line) => `  ${line}`).join("\n")}\n`;
  }
}
