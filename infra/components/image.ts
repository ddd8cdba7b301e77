import { ecr } from "@pulumi/aws";
import { Image as DockerImage } from "@pulumi/docker";
import { ComponentResource, interpolate, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { makeBuildContext, type ImageSource } from "./build-context.ts";
import { tags } from "./tags.ts";

/** Credentials of the account's registry. */
export interface RegistryLogin {
  userName: Output<string>;
  /** Secret password. It differs in each run. */
  password: Output<string>;
}

/** Arguments of an image. */
export interface ImageArgs {
  source: ImageSource;
  login: RegistryLogin;
}

/**
 * An image, built on the machine that runs Pulumi, pushed to its own repository and referenced by
 * its digest.
 *
 * Its tag is a hash of its files, which shows people from which files it was built. Nothing refers
 * to the tag. The same files give the same build context on every machine, so an update from
 * another machine deploys nothing new.
 */
export class Image extends ComponentResource {
  readonly repositoryArn: Output<string>;
  /** The image by digest, once it is pushed. */
  readonly reference: Output<string>;

  constructor(name: string, args: ImageArgs, options?: ComponentResourceOptions) {
    super("gifticon-event:infra:Image", name, {}, options);
    const repository = new ecr.Repository(
      name,
      {
        // Images can be built again from the sources, so they don't prevent the repository's
        // deletion.
        forceDelete: true,
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [{ encryptionType: "AES256" }],
        tags: tags(name),
      },
      { parent: this },
    );
    new ecr.LifecyclePolicy(name, { repository: repository.name, policy: keepLast(10) }, { parent: repository });
    const context = makeBuildContext(name, args.source);
    const image = new DockerImage(
      name,
      {
        build: { context: context.path, dockerfile: `${args.source.folder}/Dockerfile`, platform: "linux/amd64" },
        imageName: interpolate`${repository.repositoryUrl}:${context.hash}`,
        registry: {
          server: repository.repositoryUrl.apply(registryOf),
          username: args.login.userName,
          password: args.login.password,
        },
      },
      { parent: this },
    );
    this.repositoryArn = repository.arn;
    this.reference = image.repoDigest;
    this.registerOutputs({ reference: this.reference });
  }
}

/** Returns the registry's host name in a repository's URL. */
function registryOf(repositoryUrl: string): string {
  return repositoryUrl.replace(/\/.*$/, "");
}

/** Returns a lifecycle policy that keeps old images for rollbacks. */
function keepLast(count: number): string {
  return JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        description: `keep the last ${count} images`,
        selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: count },
        action: { type: "expire" },
      },
    ],
  });
}
