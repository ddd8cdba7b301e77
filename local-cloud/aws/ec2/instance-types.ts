import type { Zone } from "./zones.ts";

/** Resources of an instance type. */
export interface InstanceType {
  /** Memory in MiB: a hard limit for the instance and its containers together. */
  memory: number;
  /**
   * Number of virtual CPUs: the instance's weight when instances compete for CPU time, not a limit.
   */
  vcpus: number;
  /** True for the T families, which earn CPU credits. local-cloud does not count credits. */
  burstable: boolean;
}

/** Memory (GiB) and vCPUs by size, as https://aws.amazon.com/ec2/instance-types/ lists them. */
const burstableSizes = {
  nano: [0.5, 2],
  micro: [1, 2],
  small: [2, 2],
  medium: [4, 2],
  large: [8, 2],
  xlarge: [16, 4],
  "2xlarge": [32, 8],
} as const;
const sizes = { large: 2, xlarge: 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32 } as const;
const gibPerVcpu = { c: 2, m: 4, r: 8 } as const;

/** The instance types that local-cloud knows, by name: x86 types of the current families. */
export const instanceTypes: ReadonlyMap<string, InstanceType> = new Map([
  ...["t3", "t3a"].flatMap((family) =>
    Object.entries(burstableSizes).map(([size, [gib, vcpus]]): [string, InstanceType] => [
      `${family}.${size}`,
      { memory: gib * 1024, vcpus, burstable: true },
    ]),
  ),
  ...["c5", "c6i", "c7i", "m5", "m6i", "m7i", "r5", "r6i", "r7i"].flatMap((family) =>
    Object.entries(sizes).map(([size, vcpus]): [string, InstanceType] => {
      const perVcpu = gibPerVcpu[family.charAt(0) as keyof typeof gibPerVcpu];
      return [`${family}.${size}`, { memory: vcpus * perVcpu * 1024, vcpus, burstable: false }];
    }),
  ),
]);

/**
 * Returns true if EC2 offers a type in a zone. The zone use1-az3 has types of older generations
 * only, none of which local-cloud knows. `aws ec2 describe-instance-type-offerings --location-type
 * availability-zone-id` shows it.
 */
export function offersType({ id }: Zone, type: string): boolean {
  return instanceTypes.has(type) && id !== "use1-az3";
}
