import { testAccount, type TestAccount } from "local-cloud/engine/test-account.ts";

const life = testAccount("e2e");

/**
 * Accounts of the stories, which run side by side. In every checkout their ranges differ by half
 * of the ranges of tests.
 */
export const ACCOUNTS: Record<"life" | "faults", TestAccount> = {
  life,
  faults: { account: testAccount("e2e-faults").account, range: oppositeOf(life.range) },
};

/** Returns the range of tests (10.64 to 10.191) that is farthest from another. */
function oppositeOf(range: string): string {
  const second = Number(range.split(".")[1]);
  return `10.${64 + (second % 128)}.0.0/16`;
}
