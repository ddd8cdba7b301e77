import { waitUntil } from "../../engine/wait-until.ts";
import type { OperationContext } from "../../provider/resource-type.ts";

/** Returns an operation's context that records its messages; `abort` interrupts the operation. */
export function testContext(): OperationContext & { messages: string[]; abort: () => void } {
  const controller = new AbortController();
  const messages: string[] = [];
  return {
    urn: "urn:pulumi:test::test::test:index:Test::thing",
    name: "thing",
    randomSuffix: (length) => "0123456789abcdef".repeat(4).slice(0, length),
    progress: (message) => messages.push(message),
    signal: controller.signal,
    messages,
    abort: () => {
      controller.abort(new Error("interrupted by the test"));
    },
  };
}

/** Waits for the first message. */
export async function firstMessage(context: { messages: readonly string[] }, what: string): Promise<void> {
  await waitUntil(() => Promise.resolve(context.messages.length > 0), { what, timeout: 180_000, interval: 10 });
}
