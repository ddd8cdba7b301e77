import { oppositeRange, testAccount, type TestAccount } from "local-cloud/engine/test-account.ts";

const life = testAccount("e2e");

/**
 * Accounts of the stories, which run side by side. In every checkout their ranges differ by half
 * of the ranges of tests.
 */
export const ACCOUNTS: Record<"life" | "faults", TestAccount> = {
  life,
  faults: { account: testAccount("e2e-faults").account, range: oppositeRange(life.range) },
};
