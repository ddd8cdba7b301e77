import { basename } from "node:path";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { extract } from "tar-stream";
import { readZip } from "./zip.ts";

/** A part of an image, as CycloneDX has it. */
export interface Component {
  type: "library";
  name: string;
  version: string;
  /**
   * Its package URL (https://github.com/package-url/purl-spec); unknown of a jar that doesn't say
   * where it comes from.
   */
  purl?: string;
}

const component = (name: string, version: string, kind: string, qualifiers = ""): Component => {
  const path = name.split("/").map(encodeURIComponent).join("/");
  return { type: "library", name, version, purl: `pkg:${kind}/${path}@${encodeURIComponent(version)}${qualifiers}` };
};

/** "Key: value" or "Key=value" lines; of a repeated key, the first. */
function fieldsOf(text: string, separator: RegExp): Map<string, string> {
  const pairs = text.split("\n").flatMap((line) => {
    const [key = "", ...value] = line.split(separator);
    return value.length === 0 ? [] : [[key.trim(), value.join("").trim()] as const];
  });
  return new Map(pairs.toReversed());
}

/** Debian's packages, as dpkg keeps them. */
function debian(content: Buffer): Component[] {
  return content
    .toString()
    .split("\n\n")
    .flatMap((paragraph) => {
      const fields = fieldsOf(paragraph, /(?<=^[\w-]+): /);
      const [name, version, arch = ""] = ["Package", "Version", "Architecture"].map((key) => fields.get(key));
      const installed = fields.get("Status")?.endsWith(" installed") === true;
      return installed && name && version ? [component(name, version, "deb/debian", `?arch=${arch}`)] : [];
    });
}

/** Alpine's packages, as apk keeps them. */
function alpine(content: Buffer): Component[] {
  return content
    .toString()
    .split("\n\n")
    .flatMap((paragraph) => {
      const fields = fieldsOf(paragraph, /(?<=^[A-Za-z]):/);
      const [name, version, arch = ""] = ["P", "V", "A"].map((key) => fields.get(key));
      return name && version ? [component(name, version, "apk/alpine", `?arch=${arch}`)] : [];
    });
}

/** Returns the components of a jar, from Maven's metadata in it or else from its name. */
function java(content: Buffer, path: string): Component[] {
  const noted = (readZip(content, /^META-INF\/maven\/.*\/pom\.properties$/) ?? []).flatMap((file) => {
    const fields = fieldsOf(file.content.toString(), /(?<=^\w+)=/);
    const [group, artifact, version] = ["groupId", "artifactId", "version"].map((key) => fields.get(key));
    return group && artifact && version ? [component(`${group}/${artifact}`, version, "maven")] : [];
  });
  if (noted.length > 0) return noted;
  const [, name = basename(path, ".jar"), version = "unknown"] = /^(.+?)-(\d.*)$/.exec(basename(path, ".jar")) ?? [];
  return [{ type: "library", name, version }];
}

/** A package of npm, where it is installed. */
function npm(content: Buffer): Component[] {
  const { name, version } = JSON.parse(content.toString()) as { name?: string; version?: string };
  return name && version ? [component(name, version, "npm")] : [];
}

const READERS: readonly { path: RegExp; read: (content: Buffer, path: string) => Component[] }[] = [
  { path: /^var\/lib\/dpkg\/status(\.d\/[^/.]+)?$/, read: debian },
  { path: /^(usr\/)?lib\/apk\/db\/installed$/, read: alpine },
  { path: /\.jar$/, read: java },
  { path: /(^|\/)node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/, read: npm },
];

const identity = ({ name, version, purl }: Component) => purl ?? `${name}@${version}`;

/**
 * Reads which packages an image's file system has: Debian's and Alpine's by the databases of their
 * package managers, Java's by their jars, npm's by their folders. What came there in another way
 * isn't found, as a program that was downloaded.
 *
 * @param files the file system as a tar archive, as `docker export` writes it.
 */
export async function readComponents(files: Readable): Promise<Component[]> {
  const found = new Map<string, Component>();
  for await (const entry of files.pipe(extract())) {
    const { name: path, type } = entry.header;
    const reader = type === "file" ? READERS.find((one) => one.path.test(path)) : undefined;
    if (reader === undefined) entry.resume();
    else for (const one of reader.read(await buffer(entry), path)) found.set(identity(one), one);
  }
  return [...found.values()].sort((a, b) => (identity(a) < identity(b) ? -1 : 1));
}
