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
 * The second part of the first range of tests, and the number of ranges. 10.0 is that of ./run up,
 * and single tests of the local cloud have those from 10.240 on.
 */
const FIRST_RANGE = 64;
const RANGES = 128;

/**
 * Returns the account of a test. Another checkout has another account for the same test, so each
 * removes only what it made itself.
 *
 * @param test a name that no other test of the checkout has.
 */
export function testAccount(test: string, checkout: string = checkoutPath()): TestAccount {
  const digest = createHash("sha256").update(`${checkout}\0${test}`).digest();
  const number = digest.readUIntBE(0, 6) % 1e6;
  return { account: `990000${String(number).padStart(6, "0")}`, range: rangeOf(digest.readUInt8(6)) };
}

/** Returns the range of tests that is farthest from another test's, which runs at the same time. */
export function oppositeRange(range: string): string {
  return rangeOf(Number(range.split(".")[1]) - FIRST_RANGE + RANGES / 2);
}

function rangeOf(number: number): string {
  return `10.${FIRST_RANGE + (number % RANGES)}.0.0/16`;
}
