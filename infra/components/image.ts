import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { ecr } from "@pulumi/aws";
import { Image as DockerImage } from "@pulumi/docker";
import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { tags } from "./tags.ts";

/** How to log in to the account's registry. */
export interface RegistryLogin {
  userName: Output<string>;
  /** Secret; it is another one at each run. */
  password: Output<string>;
}

/** Where and what to build. */
export interface ImageArgs {
  /** Build context with its Dockerfile, from the root of the project. */
  context: string;
  /** The files of the context that make the image. */
  files: string[];
  login: RegistryLogin;
}

/**
 * One image: built on the machine that runs Pulumi, pushed to a repository of its own, and referenced by its digest.
 *
 * Its tag is a hash of the files that make it, so that one can tell from a tag what was built; nothing refers to it.
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
        // Images are made again from the sources at any time, so they never hold up the repository's deletion.
        forceDelete: true,
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [{ encryptionType: "AES256" }],
        tags: tags(name),
      },
      { parent: this },
    );
    new ecr.LifecyclePolicy(name, { repository: repository.name, policy: keepLast(10) }, { parent: repository });
    const image = new DockerImage(
      name,
      {
        build: { context: args.context, dockerfile: `${args.context}/Dockerfile`, platform: "linux/amd64" },
        imageName: repository.repositoryUrl.apply((url) => `${url}:${contentHash(args.context, args.files)}`),
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

/** The registry's host name out of a repository's URL. */
function registryOf(repositoryUrl: string): string {
  return repositoryUrl.replace(/\/.*$/, "");
}

/** Old images stay for a while: a service may be rolled back to one. */
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

/** A short hash of files (folders with all in them), by their names and contents. */
function contentHash(context: string, files: readonly string[]): string {
  const root = fileURLToPath(new URL(`../../${context}/`, import.meta.url));
  const hash = createHash("sha256");
  for (const path of files.flatMap((file) => walk(`${root}${file}`)).sort()) {
    hash
      .update(`${relative(root, path)}\0`)
      .update(readFileSync(path))
      .update("\0");
  }
  return hash.digest("hex").slice(0, 12);
}

function walk(path: string): string[] {
  try {
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return [path];
    throw error;
  }
}
