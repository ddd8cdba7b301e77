import type { OperationContext } from "../../provider/resource-type.ts";

/** An operation's context for tests: keeps what is shown, and is interrupted by `abort`. */
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
