import { statSync } from "node:fs";
import { join, relative } from "node:path";
import { Mutex } from "async-mutex";
import { z } from "zod";
import { UNKNOWN, type OperationContext, type Properties, type ResourceType } from "../../provider/resource-type.ts";
import { DockerClient, type Login } from "./client.ts";
import { contextDigest } from "./context-digest.ts";
import { registryOf, repositoryOf } from "./reference.ts";

const buildSchema = z.strictObject({
  /** A directory, relative to the program's. */
  context: z.string().optional(),
  /** Relative to the program's directory, not to the context. */
  dockerfile: z.string().optional(),
  args: z.record(z.string(), z.string()).optional(),
  target: z.string().optional(),
  platform: z.string().optional(),
  network: z.string().optional(),
  addHosts: z.array(z.string()).optional(),
  cacheFrom: z.strictObject({ images: z.array(z.string()).optional() }).optional(),
  builderVersion: z.enum(["BuilderV1", "BuilderBuildKit"]).optional(),
  /** Computed, not given: with it, a changed file changes the inputs. */
  contextDigest: z.string().optional(),
});

const inputs = z.strictObject({
  imageName: z.string().min(1, "must not be empty"),
  build: buildSchema.optional(),
  registry: z
    .strictObject({ server: z.string().optional(), username: z.string().optional(), password: z.string().optional() })
    .optional(),
  skipPush: z.boolean().default(false),
  buildOnPreview: z
    .literal(false, {
      error: "true is not supported by local-cloud's stand-in of the docker plugin; it needs the real plugin",
    })
    .default(false),
});
type ImageInputs = z.infer<typeof inputs>;
type Build = z.infer<typeof buildSchema>;

/**
 * Runs one push after the other. Layers that images share are then compressed and sent once, with
 * the first image.
 */
const pushes = new Mutex();

/**
 * An image that the Docker command line builds and pushes. Any change builds again, except a new
 * login. As in the real plugin, deleting the resource leaves the image in the engine and in the
 * registry.
 */
export const image: ResourceType<ImageInputs> = {
  token: "docker:index/image:Image",
  inputs,
  replaceOn: [],
  ignoreChanges: ["registry.username", "registry.password"],
  plainInputs: ["registry.server", "registry.username"],
  unstableOutputs: ["repoDigest", "baseImageName", "registryServer", "context", "dockerfile", "platform"],
  defaults: withContextDigest,
  check: ({ build }) => {
    const { context, dockerfile } = pathsOf(build ?? {});
    const isThere = (path: string, kind: "isDirectory" | "isFile") =>
      statSync(path, { throwIfNoEntry: false })?.[kind]();
    if (!isThere(context, "isDirectory")) {
      return [
        { property: "build.context", reason: `must be a directory that exists (got ${JSON.stringify(context)})` },
      ];
    }
    if (!isThere(dockerfile, "isFile")) {
      const reason = `must be a file, relative to the program's directory (got ${JSON.stringify(dockerfile)})`;
      return [{ property: "build.dockerfile", reason }];
    }
    return [];
  },
  create: async (news, context) => ({ id: news.imageName, outputs: await buildAndPush(news, context) }),
  read: (_id, state) => Promise.resolve({ outputs: state }),
  update: async (_id, _olds, news, context) => buildAndPush(news, context),
  delete: () => Promise.resolve(),
};

function pathsOf(build: Partial<Build>): { context: string; dockerfile: string } {
  const context = build.context ?? ".";
  return { context, dockerfile: build.dockerfile ?? join(context, "Dockerfile") };
}

function withContextDigest(news: Properties): Properties {
  const parsed = buildSchema.safeParse(news["build"] ?? {});
  if (!parsed.success) return news;
  const { context, dockerfile } = pathsOf(parsed.data);
  if (context === UNKNOWN || dockerfile === UNKNOWN) return news;
  try {
    return { ...news, build: { ...(parsed.data as Properties), contextDigest: contextDigest(context, dockerfile) } };
  } catch {
    // The check that follows reports missing files.
    return news;
  }
}

async function buildAndPush(news: ImageInputs, { progress, signal }: OperationContext): Promise<Properties> {
  const { imageName, build = {}, registry, skipPush } = news;
  const { context, dockerfile } = pathsOf(build);
  const repoDigest = await DockerClient.with(loginOf(news), { progress, signal }, async (client) => {
    const buildKit = build.builderVersion !== "BuilderV1" && (await client.hasBuildKit());
    await client.run(buildArguments(imageName, build), { ...build.args, DOCKER_BUILDKIT: buildKit ? "1" : "0" });
    if (!skipPush) await pushes.runExclusive(() => client.run(["push", imageName]));
    const { Id, RepoDigests } = await client.inspect(imageName);
    return skipPush ? Id : pushedDigest(imageName, RepoDigests);
  });
  return {
    imageName,
    baseImageName: imageName,
    registryServer: registry?.server ?? "",
    context,
    dockerfile: relative(context, dockerfile),
    repoDigest,
    ...(build.platform === undefined ? {} : { platform: build.platform }),
  };
}

function loginOf({ imageName, registry }: ImageInputs): Login | undefined {
  if (registry?.username === undefined || registry.password === undefined) return undefined;
  return { registry: registryOf(imageName), username: registry.username, password: registry.password };
}

/**
 * Returns the arguments of `docker build`. Values of build arguments come from the environment, so
 * that no process list shows them.
 */
export function buildArguments(imageName: string, build: Build): string[] {
  const { context, dockerfile } = pathsOf(build);
  const option = (name: string, values: readonly (string | undefined)[]) =>
    values.flatMap((value) => (value === undefined ? [] : [name, value]));
  return [
    "build",
    ...option("--tag", [imageName]),
    ...option("--file", [dockerfile]),
    ...option("--build-arg", Object.keys(build.args ?? {})),
    ...option("--target", [build.target]),
    ...option("--platform", [build.platform]),
    ...option("--network", [build.network]),
    ...option("--add-host", build.addHosts ?? []),
    ...option("--cache-from", build.cacheFrom?.images ?? []),
    context,
  ];
}

/**
 * Returns `REPOSITORY@sha256:...` of the pushed image. The engine may know the same image by other
 * names too.
 */
export function pushedDigest(imageName: string, repoDigests: readonly string[]): string {
  const found = repoDigests.find((digest) => repositoryOf(digest) === repositoryOf(imageName));
  if (found === undefined) throw new Error(`the engine has no digest of ${imageName} after its push`);
  return found;
}
