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

/** The event's PostgreSQL: private, encrypted, reached over TLS only. */
export class Database extends ComponentResource {
  /** Name of its host. */
  readonly host: Output<string>;
  /** Address as host:port. */
  readonly endpoint: Output<string>;
  /** Owns everything and creates the other roles. Only the migrations use it. */
  readonly owner: Login;
  /** Role of the services. */
  readonly service: Login;
  readonly #name: string;
  #loadTest: Login | undefined;

  constructor(
    name: string,
    args: {
      settings: Settings["database"];
      subnetIds: Input<string>[];
      securityGroupId: Input<string>;
    },
    options?: ComponentResourceOptions,
  ) {
    super("gifticon-event:infra:Database", name, {}, options);
    this.#name = name;
    this.owner = this.#newLogin(DATABASE.owner, "password");
    this.service = this.#newLogin(DATABASE.service, "service-password");
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
        username: this.owner.user,
        password: this.owner.password,
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
    this.host = instance.address;
    this.endpoint = instance.endpoint;
    this.registerOutputs({ endpoint: instance.endpoint });
  }

  /**
   * Role of the load test's agent. Its password is made when a stack first asks for it, as an
   * environment without an agent has none.
   */
  get loadTest(): Login {
    return (this.#loadTest ??= this.#newLogin(DATABASE.loadTest, "load-test-password"));
  }

  #newLogin(user: string, passwordName: string): Login {
    // RDS and connection strings refuse some special characters.
    const args = { length: 32, special: false };
    return { user, password: new RandomPassword(`${this.#name}-${passwordName}`, args, { parent: this }).result };
  }
}
