import { basename } from "node:path";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { extract } from "tar-stream";
import { readZip } from "./zip.ts";

/** A component of an image in CycloneDX. */
export interface Component {
  type: "library";
  name: string;
  version: string;
  /**
   * Its package URL (https://github.com/package-url/purl-spec); undefined for a jar without Maven's
   * metadata.
   */
  purl?: string;
}

const component = (name: string, version: string, kind: string, qualifiers = ""): Component => {
  const path = name.split("/").map(encodeURIComponent).join("/");
  return { type: "library", name, version, purl: `pkg:${kind}/${path}@${encodeURIComponent(version)}${qualifiers}` };
};

/** Parses "Key: value" or "Key=value" lines. The first line of a repeated key wins. */
function fieldsOf(text: string, separator: RegExp): Map<string, string> {
  const pairs = text.split("\n").flatMap((line) => {
    const [key = "", ...value] = line.split(separator);
    return value.length === 0 ? [] : [[key.trim(), value.join("").trim()] as const];
  });
  return new Map(pairs.toReversed());
}

/** Reads Debian's packages from dpkg's database. */
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

/** Reads Alpine's packages from apk's database. */
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

/** Reads an installed package of npm. */
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
 * Lists the packages in an image's file system: Debian's and Alpine's from the databases of their
 * package managers, Java's from jars, npm's from folders. It does not find other files, such as a
 * program that was downloaded.
 *
 * @param files The file system as a tar archive from `docker export`.
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
