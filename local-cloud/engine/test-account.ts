import { createHash } from "node:crypto";
import { checkoutPath } from "./account.ts";

/** An account of the local cloud that one test has to itself, and a range of addresses for it. */
export interface TestAccount {
  /** 12 digits. They begin with 990000, by which `./run clean` knows the accounts of tests. */
  account: string;
  /** A network with 65,536 addresses. */
  range: string;
}

/**
 * Returns the account of a test. Another checkout has another account for the same test, so each
 * removes only what it made itself.
 *
 * @param test a name that no other test of the checkout has.
 */
export function testAccount(test: string, checkout: string = checkoutPath()): TestAccount {
  const digest = createHash("sha256").update(`${checkout}\0${test}`).digest();
  const number = digest.readUIntBE(0, 6) % 1e6;
  // 10.0 is that of ./run up, and single tests of the local cloud have those from 10.240 on.
  const range = 64 + (digest.readUInt8(6) % 128);
  return { account: `990000${String(number).padStart(6, "0")}`, range: `10.${range}.0.0/16` };
}
