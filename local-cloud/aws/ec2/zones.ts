import { region } from "../../engine/account.ts";

/** An availability zone. Its name is valid in one account, its id in all accounts. */
export interface Zone {
  name: string;
  id: string;
}

/**
 * Regions whose zones are not exactly a, b and c: the zones' letters, and the region's short name
 * in zone ids.
 */
const regions: Partial<Record<string, { short: string; zones: string }>> = {
  "ap-northeast-1": { short: "apne1", zones: "acd" },
  "ap-northeast-2": { short: "apne2", zones: "abcd" },
  "us-east-1": { short: "use1", zones: "abcdef" },
  "us-west-2": { short: "usw2", zones: "abcd" },
};

/**
 * Returns the availability zones of the provider's region. A region that isn't in the table has the
 * zones a, b and c.
 */
export function availabilityZones(): Zone[] {
  const name = region();
  const known = regions[name];
  const short = known?.short ?? name.replace(/^(\w+)-(\w)\w*-(\d)$/, "$1$2$3");
  return Array.from(known?.zones ?? "abc").map((letter, index) => ({
    name: `${name}${letter}`,
    id: `${short}-az${index + 1}`,
  }));
}
