import { ec2, ssm } from "@pulumi/aws";
import { ComponentResource, getProject, getStack, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { PrivateKey } from "@pulumi/tls";
import { tags } from "./tags.ts";

/**
 * SSH keys of the environment: the program's own, and the manager's for asking a host to leave the
 * Swarm.
 */
export class Keys extends ComponentResource {
  /** Name of the EC2 key pair with the program's public key. */
  readonly keyName: Output<string>;
  /** The program's private key; secret. */
  readonly privateKey: Output<string>;
  readonly leavePublicKey: Output<string>;
  /** SSM parameter with the private half of the leave key, for the manager. */
  readonly leaveKeyParameter: ssm.Parameter;

  constructor(name: string, options?: ComponentResourceOptions) {
    super("gifticon-event:infra:Keys", name, {}, options);
    const parent = { parent: this };
    const program = new PrivateKey("program", { algorithm: "ED25519" }, parent);
    const pair = new ec2.KeyPair("program", { publicKey: program.publicKeyOpenssh, tags: tags("program") }, parent);
    const leave = new PrivateKey("leave", { algorithm: "ED25519" }, parent);

    this.keyName = pair.keyName;
    this.privateKey = program.privateKeyOpenssh;
    this.leavePublicKey = leave.publicKeyOpenssh;
    this.leaveKeyParameter = new ssm.Parameter(
      "leave-key",
      {
        name: `/${getProject()}/${getStack()}/leave-key`,
        type: "SecureString",
        value: leave.privateKeyOpenssh,
        description: "Private half of the key by which the manager asks a host to leave the Swarm",
        tags: tags("leave-key"),
      },
      // The stack may be renamed, and another name would replace the manager.
      { ...parent, ignoreChanges: ["name"] },
    );
    this.registerOutputs({ keyName: pair.keyName });
  }
}
