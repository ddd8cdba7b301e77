import { DATABASE } from "@gifticon/contract/facts/database.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { rds } from "@pulumi/aws";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { RandomId, RandomPassword } from "@pulumi/random";
import type { Settings } from "../config/config.ts";
import { tags } from "./tags.ts";

/** A role of the database that logs in. */
export interface Login {
  user: string;
  /** Secret. */
  password: Output<string>;
}

/** Address of the database and its roles. */
export interface DatabaseTarget {
  host: Output<string>;
  port: number;
  name: string;
  /** Owns everything and creates the other roles. Only the migrations use it. */
  owner: Login;
  /** Role of the services. */
  service: Login;
  /** Role of the load test's agent. Without an agent it has no password. */
  loadTest: { user: string; password?: Output<string> };
}

/** The event's PostgreSQL: private, encrypted, reached over TLS only. */
export class Database extends ComponentResource {
  readonly target: DatabaseTarget;
  /** Address as host:port. */
  readonly endpoint: Output<string>;

  constructor(
    name: string,
    args: {
      settings: Settings["database"];
      /** Creates a password for the load test's agent. */
      loadTest: boolean;
      subnetIds: Input<string>[];
      securityGroupId: Input<string>;
    },
    options?: ComponentResourceOptions,
  ) {
    super("gifticon-event:infra:Database", name, {}, options);
    const { settings } = args;
    const parent = { parent: this };
    const subnets = new rds.SubnetGroup(name, { subnetIds: args.subnetIds, tags: tags(name) }, parent);
    const parameters = new rds.ParameterGroup(
      name,
      {
        family: `postgres${settings.engineVersion}`,
        description: "gifticon event: TLS only",
        parameters: [{ name: "rds.force_ssl", value: "1" }],
        tags: tags(name),
      },
      parent,
    );
    // RDS and connection strings refuse some special characters, so it has letters and digits only.
    const newPassword = (of: string) => new RandomPassword(of, { length: 32, special: false }, parent).result;
    const owner = { user: DATABASE.owner, password: newPassword(`${name}-password`) };
    const lastSnapshot = settings.deletionProtection
      ? new RandomId(`${name}-last-snapshot`, { byteLength: 4 }, parent)
      : undefined;
    const instance = new rds.Instance(
      name,
      {
        engine: "postgres",
        engineVersion: settings.engineVersion,
        // RDS requires it for a new major version. The version is a setting, so the change is
        // intended.
        allowMajorVersionUpgrade: true,
        instanceClass: settings.instanceClass,
        allocatedStorage: settings.storageGib,
        storageType: "gp3",
        storageEncrypted: true,
        dbName: DATABASE.name,
        port: PORTS.database,
        username: owner.user,
        password: owner.password,
        dbSubnetGroupName: subnets.name,
        parameterGroupName: parameters.name,
        vpcSecurityGroupIds: [args.securityGroupId],
        publiclyAccessible: false,
        backupRetentionPeriod: settings.backupRetentionDays,
        copyTagsToSnapshot: true,
        // A change applies now, not in the next maintenance window.
        applyImmediately: true,
        deletionProtection: settings.deletionProtection,
        skipFinalSnapshot: !settings.deletionProtection,
        ...(lastSnapshot
          ? { finalSnapshotIdentifier: lastSnapshot.hex.apply((hex) => `gifticon-event-last-${hex}`) }
          : {}),
        tags: tags(name),
      },
      { ...parent, protect: settings.deletionProtection },
    );
    this.endpoint = instance.endpoint;
    this.target = {
      ...{ host: instance.address, port: PORTS.database, name: DATABASE.name, owner },
      service: { user: DATABASE.service, password: newPassword(`${name}-service-password`) },
      loadTest: {
        user: DATABASE.loadTest,
        ...(args.loadTest ? { password: newPassword(`${name}-load-test-password`) } : {}),
      },
    };
    this.registerOutputs({ endpoint: instance.endpoint });
  }
}
