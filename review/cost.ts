import { compare, compareNames, type Properties, type Resource } from "./plan.ts";
import { free, HOURS_A_MONTH, prices, type RegionPrices } from "../operate/prices.ts";

/** Cost of equal items. */
export interface CostLine {
  /** Name, such as "instance t3.micro". */
  item: string;
  /** Quantity: number or GiB. */
  before: number;
  after: number;
  /** US dollars an hour for one item; undefined if the table has no price. */
  price: number | undefined;
}

/** Cost of a stack before and after a change. */
export interface Cost {
  lines: CostLine[];
  /** US dollars an hour for all priced items. */
  total: { before: number; after: number };
  /** Items that are charged by use or have no known price. They are not included. */
  unpriced: string[];
}

interface Charge {
  item: string;
  quantity: number;
  price: number | undefined;
}

/** Types that are charged by use, which a plan doesn't contain. */
const byUse: Readonly<Record<string, string>> = {
  "aws:ec2/instance:Instance": "traffic, and CPU that t3 hosts use beyond their baseline",
  "aws:lb/loadBalancer:LoadBalancer": "capacity units of the load balancer",
  "aws:ecr/repository:Repository": "images in ECR",
  "aws:rds/instance:Instance": "backups and snapshots of the database",
};

/** Sums up the cost of resources by the table of prices. */
export function costOf(region: string, before: readonly Resource[], after: readonly Resource[]): Cost {
  const [olds, news] = [charges(region, before), charges(region, after)];
  const items = [...new Set([...olds, ...news].map(({ item }) => item))].sort(compareNames);
  const quantity = (all: Charge[], item: string) =>
    all.filter((charge) => charge.item === item).reduce((sum, charge) => sum + charge.quantity, 0);
  const lines = items.map((item) => ({
    item,
    before: quantity(olds, item),
    after: quantity(news, item),
    price: [...olds, ...news].find((charge) => charge.item === item)?.price,
  }));
  const total = (side: "before" | "after") => lines.reduce((sum, line) => sum + line[side] * (line.price ?? 0), 0);
  const missing = lines
    .filter(({ price }) => price === undefined)
    .map(({ item }) => `${item} (no price for ${region} in the table)`);
  const types = new Set(after.map(({ type }) => type));
  const used = Object.entries(byUse).flatMap(([type, what]) => (types.has(type) ? [what] : []));
  return {
    lines: lines.filter(({ price }) => price !== undefined),
    total: { before: total("before"), after: total("after") },
    unpriced: [...missing, ...used].sort(compare),
  };
}

function charges(region: string, resources: readonly Resource[]): Charge[] {
  const table = prices[region];
  const publicSubnets = new Set(
    resources
      .filter(({ type, inputs }) => type === "aws:ec2/subnet:Subnet" && inputs["mapPublicIpOnLaunch"] === true)
      .map(({ urn }) => urn),
  );
  return resources.filter(({ custom }) => custom).flatMap((resource) => chargesOf(resource, publicSubnets, table));
}

/** @param publicSubnets URNs of the subnets that give their instances public addresses. */
function chargesOf(
  { type, inputs, dependencies }: Resource,
  publicSubnets: ReadonlySet<string>,
  table: RegionPrices | undefined,
): Charge[] {
  const text = (name: string, otherwise: string) => (typeof inputs[name] === "string" ? inputs[name] : otherwise);
  const charge = (item: string, quantity: number, price: number | undefined): Charge => ({ item, quantity, price });
  const monthly = (price: number | undefined) => (price === undefined ? undefined : price / HOURS_A_MONTH);
  const address = (count: number) => charge("public IPv4 address", count, table?.address);
  switch (type) {
    case "aws:ec2/instance:Instance": {
      const kind = text("instanceType", "?");
      const disk = (inputs["rootBlockDevice"] ?? {}) as Properties;
      const isPublic = inputs["associatePublicIpAddress"] ?? dependencies.some((urn) => publicSubnets.has(urn));
      const volume = typeof disk["volumeType"] === "string" ? disk["volumeType"] : "gp3";
      return [
        charge(`instance ${kind}`, 1, table?.instance[kind]),
        charge(`GiB of disk, ${volume}`, Number(disk["volumeSize"] ?? 8), monthly(table?.volume[volume])),
        ...(isPublic === true ? [address(1)] : []),
      ];
    }
    case "aws:rds/instance:Instance": {
      const [kind, storage] = [text("instanceClass", "?"), text("storageType", "gp2")];
      const zones = inputs["multiAz"] === true ? 2 : 1;
      return [
        charge(`database ${kind}`, zones, table?.database[kind]),
        charge(
          `GiB of database storage, ${storage}`,
          zones * Number(inputs["allocatedStorage"] ?? 0),
          monthly(table?.databaseStorage[storage]),
        ),
      ];
    }
    case "aws:lb/loadBalancer:LoadBalancer": {
      const kind = text("loadBalancerType", "application");
      // It has an address in each subnet.
      const subnets = Array.isArray(inputs["subnets"]) ? inputs["subnets"].length : 0;
      return [
        charge(`load balancer, ${kind}`, 1, table?.loadBalancer[kind]),
        ...(inputs["internal"] === true ? [] : [address(subnets)]),
      ];
    }
    case "aws:ecr/repository:Repository":
      return [];
    default:
      return free.some((pattern) => pattern.test(type)) ? [] : [charge(type, 1, undefined)];
  }
}
