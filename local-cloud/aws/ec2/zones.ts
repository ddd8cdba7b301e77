import { region } from "../../engine/account.ts";

/** An availability zone: its name in this account, and its id across accounts. */
export interface Zone {
  name: string;
  id: string;
}

/** How many zones a region has where it isn't three, and the short form of its name in zone ids. */
const regions: Partial<Record<string, { short: string; zones: string }>> = {
  "ap-northeast-1": { short: "apne1", zones: "acd" },
  "ap-northeast-2": { short: "apne2", zones: "abcd" },
  "us-east-1": { short: "use1", zones: "abcdef" },
  "us-west-2": { short: "usw2", zones: "abcd" },
};

/** The availability zones of the provider's region; a region that isn't listed here has a, b and c. */
export function availabilityZones(): Zone[] {
  const name = region();
  const known = regions[name];
  const short = known?.short ?? name.replace(/^(\w+)-(\w)\w*-(\d)$/, "$1$2$3");
  return Array.from(known?.zones ?? "abc").map((letter, index) => ({
    name: `${name}${letter}`,
    id: `${short}-az${index + 1}`,
  }));
}
