import { ecr } from "@pulumi/aws";
import { interpolate, secret, type Input, type Output } from "@pulumi/pulumi";
import { bundleService, bundlesOf, type ServiceName } from "../../services/bundle.ts";
import type { Settings } from "../config/config.ts";
import { Image, type RegistryLogin } from "./image.ts";

/** The environment's images. */
export interface Images {
  /** Host name of the registry. */
  registry: Output<string>;
  api: Image;
  /** Only in mode kafka. */
  queue?: { issuer: Image; kafka: Image };
  /** Only where there is a load generator. */
  load?: LoadImages;
}

/**
 * Images of a load test: the generator's, and with k6 those of the agent that observes the event
 * from inside.
 */
export type LoadImages =
  { kind: "k6"; generator: Image; agent: Image } | { kind: "ngrinder"; controller: Image; agent: Image };

/**
 * Returns the images that run on workers: the services, and the load test's agent, as only workers
 * reach the database.
 */
export function imagesOfWorkers({ api, queue, load }: Images): Image[] {
  return [api, ...(queue ? [queue.issuer] : []), ...(load?.kind === "k6" ? [load.agent] : [])];
}

/** Returns the images that run on the load generator's host. */
export function imagesOfGenerator({ load }: Images): Image[] {
  if (load === undefined) return [];
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
  const load = await loadImages(loadGenerator, login);
  return {
    registry: interpolate`${accountId}.dkr.ecr.${region}.amazonaws.com`,
    api: await serviceImage("main-api", login),
    ...(mode === "kafka"
      ? {
          queue: {
            issuer: await serviceImage("gifticon-issuer", login),
            kafka: new Image("kafka", {
              source: { folder: "stacks/kafka/image", files: ["Dockerfile", "bin", "log4j.properties"] },
              login,
            }),
          },
        }
      : {}),
    ...(load ? { load } : {}),
  };
}

async function loadImages(kind: Settings["loadGenerator"], login: RegistryLogin): Promise<LoadImages | undefined> {
  const image = (name: string, folder: string) =>
    new Image(name, { source: { folder: `stacks/load-test/${folder}`, files: ["Dockerfile"] }, login });
  switch (kind) {
    case "off":
      return undefined;
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
