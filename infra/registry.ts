import { ecr } from "@pulumi/aws";
import { interpolate, secret, type Input, type Output } from "@pulumi/pulumi";
import { bundleService } from "../services/bundle.ts";
import type { Settings } from "./config.ts";
import { Image, type RegistryLogin } from "./images.ts";

/** The environment's images. */
export interface Images {
  /** Host name of the registry. */
  registry: Output<string>;
  api: Image;
  /** Only in mode kafka. */
  queue?: { issuer: Image; kafka: Image };
}

/**
 * Bundles the services and builds all images that the mode needs.
 *
 * @throws Error with esbuild's words when a service can't be bundled.
 */
export async function buildImages(
  mode: Settings["mode"],
  accountId: Input<string>,
  region: Input<string>,
): Promise<Images> {
  const token = ecr.getAuthorizationTokenOutput({});
  const login = { userName: token.userName, password: secret(token.password) };
  return {
    registry: interpolate`${accountId}.dkr.ecr.${region}.amazonaws.com`,
    api: await serviceImage("main-api", login),
    ...(mode === "kafka"
      ? {
          queue: {
            issuer: await serviceImage("gifticon-issuer", login),
            kafka: new Image("kafka", {
              context: "stacks/kafka/image",
              files: ["Dockerfile", "bin", "log4j.properties"],
              login,
            }),
          },
        }
      : {}),
  };
}

async function serviceImage(service: "main-api" | "gifticon-issuer", login: RegistryLogin): Promise<Image> {
  await bundleService(service);
  return new Image(service, { context: `services/${service}`, files: ["Dockerfile", "dist/main.js"], login });
}
