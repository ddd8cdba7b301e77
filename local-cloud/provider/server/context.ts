import { createHash, randomBytes } from "node:crypto";
import type { OperationContext } from "../resource-type.ts";
import type { EngineLog } from "./engine-log.ts";
import { redact, type Secrets } from "./wire.ts";

/** An operation's context, and a wait for its messages that ends before the operation's answer. */
export interface OpenContext {
  context: OperationContext;
  shown: () => Promise<void>;
}

export interface ContextSource {
  urn: string;
  secrets: Secrets;
  signal: AbortSignal;
  /** The engine's seed in a Check. Other operations need no repeatable suffixes. */
  seed?: Uint8Array;
}

export function openContext(log: EngineLog, { urn, secrets, signal, seed }: ContextSource): OpenContext {
  const messages = new Set<Promise<void>>();
  const progress = (message: string) => {
    const shown = log.status(urn, redact(message, secrets)).finally(() => messages.delete(shown));
    messages.add(shown);
  };
  return {
    context: { urn, name: nameOf(urn), randomSuffix: suffixes(seed ?? randomBytes(32)), progress, signal },
    shown: async () => {
      await Promise.all(messages);
    },
  };
}

/** Returns the name in `urn:pulumi:STACK::PROJECT::PARENT_TYPE$TYPE::NAME`; it may hold `::`. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** Returns the type token of a resource: the last in the chain of its parents' types. */
export function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

/** Returns a function for hexadecimal text that depends only on the seed and the call's number. */
export function suffixes(seed: Uint8Array): (length: number) => string {
  let call = 0;
  return (length) => {
    call += 1;
    let text = "";
    for (let block = 0; text.length < length; block += 1) {
      text += createHash("sha256").update(seed).update(`${call}/${block}`).digest("hex");
    }
    return text.slice(0, length);
  };
}
