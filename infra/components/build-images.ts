import { ecr } from "@pulumi/aws";
import { interpolate, secret, type Input, type Output } from "@pulumi/pulumi";
import { bundleService, bundlesOf, type ServiceName } from "../../services/bundle.ts";
import type { Settings } from "../config/config.ts";
import { Image, type RegistryLogin } from "./image.ts";
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
 * @throws Error with esbuild's message when a service can't be bundled.
 */
export async function buildImages(
  { mode, loadGenerator }: Pick<Settings, "mode" | "loadGenerator">,
  accountId: Input<string>,
  region: Input<string>,
): Promise<Images> {
  const token = ecr.getAuthorizationTokenOutput({});
  const login = { userName: token.userName, password: secret(token.password) };
  return {
    registry: interpolate`${accountId}.dkr.ecr.${region}.amazonaws.com`,
    api: await serviceImage("main-api", login),
    queue: await queueImages(mode, login),
    load: await loadImages(loadGenerator, login),
  };
}

async function queueImages(mode: Settings["mode"], login: RegistryLogin): Promise<Queue> {
  if (mode === "direct") return { mode };
  const source = { folder: "stacks/kafka/image", files: ["Dockerfile", "bin", "log4j.properties"] };
  return { mode, issuer: await serviceImage("gifticon-issuer", login), kafka: new Image("kafka", { source, login }) };
}

async function loadImages(kind: Settings["loadGenerator"], login: RegistryLogin): Promise<Load> {
  const image = (name: string, folder: string) =>
    new Image(name, { source: { folder: `stacks/load-test/${folder}`, files: ["Dockerfile"] }, login });
  switch (kind) {
    case "off":
      return { kind };
    case "k6":
      return { kind, generator: image("k6", "k6"), agent: await serviceImage("load-agent", login) };
    case "ngrinder":
      return {
        kind,
        controller: image("ngrinder-controller", "ngrinder/controller"),
        agent: image("ngrinder-agent", "ngrinder/agent"),
      };
  }
}

async function serviceImage(service: ServiceName, login: RegistryLogin): Promise<Image> {
  await bundleService(service);
  return new Image(service, {
    source: { folder: `services/${service}`, files: ["Dockerfile", ...bundlesOf(service)] },
    login,
  });
}
