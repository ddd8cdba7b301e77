import { ec2, iam, ssm } from "@pulumi/aws";
import { all, ComponentResource, getProject, getStack, output } from "@pulumi/pulumi";
import type { ComponentResourceOptions, Input, Output, Resource } from "@pulumi/pulumi";
import { PrivateKey } from "@pulumi/tls";
import type { HostPlan } from "../plans/fleet.ts";
import { ec2Trust, hostPolicy } from "../plans/host-policy.ts";
import { tags } from "./tags.ts";
import { renderUserData } from "../plans/user-data.ts";

/** Arguments that all hosts of an environment share. */
export interface SharedHostArgs {
  region: Input<string>;
  ami: string;
  /** Public subnets, by zone. */
  subnetIds: Input<string>[];
  /** Name of the EC2 key pair with the program's public key. */
  keyName: Input<string>;
  sessionManager: boolean;
  /** Rules of the firewall, which a boot needs. */
  after: Resource[];
}

/** Arguments of a host. */
export interface HostArgs {
  plan: HostPlan;
  shared: SharedHostArgs;
  securityGroupIds: Input<string>[];
  registry: Input<string>;
  repositoryArns: Input<string>[];
  leavePublicKey: Input<string>;
  /** Only on the first manager. */
  leaveKeyParameter?: ssm.Parameter;
  /** Lets a new first manager into its Swarm, as the other managers do. */
  admits?: boolean;
}

/**
 * A host: its SSH key, its IAM role and its instance.
 *
 * It has no fixed private address, so a replacement can join the Swarm before the old host is
 * drained. On Kafka's host, the old instance is deleted first, because two brokers must never share
 * an identity.
 *
 * The program generates the host's SSH key. The private half is an SSM SecureString that only this
 * host's role may read. The first boot fetches it, so every connection can verify the host.
 */
export class Host extends ComponentResource {
  readonly plan: HostPlan;
  readonly instance: ec2.Instance;
  /**
   * The public address. A manager's stays when the instance is stopped, started or replaced. That
   * of another host changes.
   */
  readonly publicIp: Output<string>;
  /** The public half of the host's SSH key, as in an authorized_keys file. */
  readonly hostKey: Output<string>;

  constructor(name: string, args: HostArgs, options?: ComponentResourceOptions) {
    super("gifticon-event:infra:Host", name, {}, options);
    const { plan, shared, leaveKeyParameter: leaveKey } = args;
    const parent = { parent: this };
    const key = new PrivateKey(`${name}-host-key`, { algorithm: "ED25519" }, parent);
    const parameter = new ssm.Parameter(
      `${name}-host-key`,
      {
        name: `/${getProject()}/${getStack()}/${name}/host-key`,
        type: "SecureString",
        value: key.privateKeyOpenssh,
        description: `Private half of the SSH host key of ${name}`,
        tags: tags(`${name}-host-key`),
      },
      // The stack may be renamed, and another name would replace the host.
      { ...parent, ignoreChanges: ["name"] },
    );
    const role = new iam.Role(name, { assumeRolePolicy: ec2Trust, tags: tags(name) }, parent);
    const policy = new iam.RolePolicy(
      name,
      {
        role: role.name,
        policy: all([output([parameter.arn, ...(leaveKey ? [leaveKey.arn] : [])]), output(args.repositoryArns)]).apply(
          ([parameters, repositories]) =>
            JSON.stringify(hostPolicy({ parameters, repositories, sessionManager: shared.sessionManager })),
        ),
      },
      parent,
    );
    const profile = new iam.InstanceProfile(name, { role: role.name, tags: tags(name) }, parent);

    this.plan = plan;
    this.hostKey = key.publicKeyOpenssh.apply((text) => text.trim());
    this.instance = new ec2.Instance(
      name,
      {
        ami: shared.ami,
        instanceType: plan.instanceType,
        subnetId: shared.subnetIds[plan.zone] ?? missingZone(plan),
        vpcSecurityGroupIds: args.securityGroupIds,
        keyName: shared.keyName,
        iamInstanceProfile: profile.name,
        userData: output({
          hostName: name,
          generation: plan.generation ?? 1,
          region: shared.region,
          hostKeyParameter: parameter.name,
          sessionManager: shared.sessionManager,
          registry: args.registry,
          leavePublicKey: args.leavePublicKey,
          ...(leaveKey ? { leaveKeyParameter: leaveKey.name } : {}),
          admits: args.admits ?? false,
        }).apply(renderUserData),
        // User data runs at the first boot only. Without a replacement, a change would only restart
        // the host.
        userDataReplaceOnChange: true,
        // A hop limit of 1 keeps containers from the host's credentials.
        metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
        rootBlockDevice: { volumeType: "gp3", volumeSize: plan.diskGib, encrypted: true, tags: tags(name) },
        tags: { ...tags(name), Role: plan.role },
      },
      {
        ...parent,
        dependsOn: [policy, ...shared.after],
        deleteBeforeReplace: plan.role === "kafka",
        // EC2 stops an instance to change its type. Pulumi changes instances side by side, so all
        // workers would stop at once.
        replaceOnChanges: plan.onNewType === "replace" ? ["instanceType"] : [],
      },
    );
    this.publicIp = plan.role === "manager" ? this.#lastingAddress(name) : this.instance.publicIp;
    this.registerOutputs({ instanceId: this.instance.id });
  }

  /**
   * Gives the host an Elastic IP address. Every command goes through the first manager's address,
   * and a new one would run them all again.
   */
  #lastingAddress(name: string): Output<string> {
    const args = { domain: "vpc", instance: this.instance.id, tags: tags(name) };
    return new ec2.Eip(name, args, { parent: this }).publicIp;
  }
}

function missingZone({ name, zone }: HostPlan): never {
  throw new RangeError(`${name} is planned in zone ${zone}, which has no subnet`);
}
