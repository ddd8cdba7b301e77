import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { ReviewError } from "./review-error.ts";
import { encryptedPaths, withoutEncrypted } from "./encrypted.ts";
import type { Config } from "./config.ts";

const stackFile = z.object({ config: z.record(z.string(), z.unknown()).default({}) });

/** Values that a review uses for settings that `Pulumi.STACK.yaml` leaves to its user. */
const placeholders: readonly { key: string; path: string; value: unknown }[] = [
  { key: "gifticon-event:hosts", path: "ami", value: "ami-0d13d13d13d13d130" },
  { key: "gifticon-event:operators", path: "cidrs", value: ["203.0.113.7/32"] },
];

/** The settings of a stack, complete enough for a dry run. */
export interface StackSettings {
  config: Record<string, unknown>;
  region: string;
  /** Placeholders for settings that the file lacks: "gifticon-event:hosts.ami = ...". */
  assumptions: string[];
}

/** Reads a stack's file in a copy of the program. */
export async function readStackFile(folder: string, stack: string): Promise<StackSettings> {
  return complete(await readConfig(folder, stack));
}

/** Reads the settings in a stack's file. */
export async function readConfig(folder: string, stack: string): Promise<Config> {
  const path = `Pulumi.${stack}.yaml`;
  const text = await readFile(join(folder, path), "utf8").catch((error: unknown) => {
    throw new ReviewError(`${path} can't be read`, [], { cause: error });
  });
  return configOf(text);
}

/** Returns the settings in the text of a stack's file. */
export function configOf(text: string): Config {
  return stackFile.parse(parse(text)).config;
}

/**
 * Fills settings that a stack's file may lack. A review decrypts nothing: an encrypted value
 * becomes the other version's plain value, or is absent.
 */
export function complete(given: Config, other: Config = {}): StackSettings {
  const config: Record<string, unknown> = { ...withoutEncrypted(given, other) };
  const assumptions = encryptedPaths(given).map((path) => `${path} is encrypted: its value is not looked at`);
  for (const { key, path, value } of placeholders) {
    const section = (config[key] ?? {}) as Record<string, unknown>;
    if (section[path] !== undefined) continue;
    config[key] = { ...section, [path]: value };
    assumptions.push(`${key}.${path} = ${JSON.stringify(value)}`);
  }
  const region = config["aws:region"];
  return { config, region: typeof region === "string" ? region : "ap-northeast-2", assumptions };
}

/** Renders a stack's file with these settings, for a state that is encrypted with this salt. */
export function renderStackFile({ config }: StackSettings, salt: string): string {
  return stringify({ encryptionsalt: salt, config });
}
