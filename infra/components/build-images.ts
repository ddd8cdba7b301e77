import { ecr } from "@pulumi/aws";
import { interpolate, secret, type Input, type Output } from "@pulumi/pulumi";
import { bundleService, bundlesOf, type ServiceName } from "../../services/bundle.ts";
import type { Settings } from "../config/config.ts";
import { requireOfficialBase } from "./base-image.ts";
import type { ImageSource } from "./build-context.ts";
import { Image } from "./image.ts";
import type { Load, LoadGenerator, Queue } from "./variants.ts";

/** The environment's images. */
export interface Images {
  /** Host name of the registry. */
  registry: Output<string>;
  api: Image;
  queue: Queue;
  load: Load;
}

/**
 * Returns the images that run on workers: the services and, with k6, its agent, because only
 * workers can connect to the database.
 */
export function imagesOfWorkers({ api, queue, load }: Images): Image[] {
  return [api, ...(queue.mode === "kafka" ? [queue.issuer] : []), ...(load.kind === "k6" ? [load.agent] : [])];
}

/** Returns the images that run on the load generator's host. */
export function imagesOfGenerator(load: LoadGenerator): Image[] {
  return load.kind === "k6" ? [load.generator] : [load.controller, load.agent];
}

/**
 * Bundles the services and builds all images that the settings need.
 *
 * @throws Error with esbuild's message when a service can't be bundled, or for a base image that is
 * a stand-in.
 */
export async function buildImages(
  { mode, loadGenerator, images }: Pick<Settings, "mode" | "loadGenerator" | "images">,
  accountId: Input<string>,
  region: Input<string>,
): Promise<Images> {
  const token = ecr.getAuthorizationTokenOutput({});
  const login = { userName: token.userName, password: secret(token.password) };
  const build: Build = async (name, source) => {
    if (!images.standIns) await requireOfficialBase(`${source.folder}/Dockerfile`);
    return new Image(name, { source, login });
  };
  return {
    registry: interpolate`${accountId}.dkr.ecr.${region}.amazonaws.com`,
    api: await serviceImage("main-api", build),
    queue: await queueImages(mode, build),
    load: await loadImages(loadGenerator, build),
  };
}

/** Declares an image by its name and files. */
type Build = (name: string, source: ImageSource) => Promise<Image>;

async function queueImages(mode: Settings["mode"], build: Build): Promise<Queue> {
  if (mode === "direct") return { mode };
  return {
    mode,
    issuer: await serviceImage("gifticon-issuer", build),
    kafka: await build("kafka", {
      folder: "stacks/kafka/image",
      files: ["Dockerfile", "bin", "log4j.properties"],
    }),
  };
}

async function loadImages(kind: Settings["loadGenerator"], build: Build): Promise<Load> {
  const image = (name: string, folder: string) =>
    build(name, { folder: `stacks/load-test/${folder}`, files: ["Dockerfile"] });
  switch (kind) {
    case "off":
      return { kind };
    case "k6":
      return { kind, generator: await image("k6", "k6"), agent: await serviceImage("load-agent", build) };
    case "ngrinder":
      return {
        kind,
        controller: await image("ngrinder-controller", "ngrinder/controller"),
        agent: await image("ngrinder-agent", "ngrinder/agent"),
      };
  }
}

async function serviceImage(service: ServiceName, build: Build): Promise<Image> {
  await bundleService(service);
  return build(service, { folder: `services/${service}`, files: ["Dockerfile", ...bundlesOf(service)] });
}
