import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { pack } from "tar-stream";
import { readComponents } from "./components.ts";

async function purlsOf(files: Record<string, string | Buffer>) {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name }, content);
  archive.finalize();
  return (await readComponents(archive)).map(({ name, version, purl }) => purl ?? `${name}@${version}`);
}

/** Returns a jar with one deflated file. */
function jar(name: string, text: string): Buffer {
  const [path, packed] = [Buffer.from(name), deflateRawSync(text)];
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50);
  local.writeUInt16LE(path.length, 26);
  const directory = Buffer.alloc(46);
  directory.writeUInt32LE(0x02014b50);
  directory.writeUInt16LE(8, 10);
  directory.writeUInt32LE(packed.length, 20);
  directory.writeUInt16LE(path.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(local.length + path.length + packed.length, 16);
  return Buffer.concat([local, path, packed, directory, path, end]);
}

test("Debian's installed packages are listed with their architecture", async () => {
  const status = `Package: libstdc++6
Status: install ok installed
Architecture: amd64
Version: 14.2.0-19
Description: library
 Version: of nothing

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1
`;
  assert.deepEqual(await purlsOf({ "var/lib/dpkg/status": status, "etc/passwd": "root" }), [
    "pkg:deb/debian/libstdc%2B%2B6@14.2.0-19?arch=amd64",
  ]);
});

test("Alpine's packages are read from its database", async () => {
  const installed = "C:Q1\nP:musl\nV:1.2.5-r9\nA:x86_64\n\nC:Q2\nP:busybox\nV:1.37.0-r12\nA:x86_64\n";
  assert.deepEqual(await purlsOf({ "lib/apk/db/installed": installed }), [
    "pkg:apk/alpine/busybox@1.37.0-r12?arch=x86_64",
    "pkg:apk/alpine/musl@1.2.5-r9?arch=x86_64",
  ]);
});

test("a jar is identified by Maven's metadata in it, or else by its name", async () => {
  const notes = "#Created\ngroupId=org.apache.zookeeper\nartifactId=zookeeper\nversion=3.8.4\n";
  assert.deepEqual(
    await purlsOf({
      "opt/kafka/libs/zookeeper-3.8.4.jar": jar("META-INF/maven/org.apache.zookeeper/zookeeper/pom.properties", notes),
      "opt/kafka/libs/kafka_2.13-3.9.1.jar": jar("META-INF/MANIFEST.MF", "Manifest-Version: 1.0"),
      "opt/kafka/libs/broken.jar": "no archive",
    }),
    ["broken@unknown", "kafka_2.13@3.9.1", "pkg:maven/org.apache.zookeeper/zookeeper@3.8.4"],
  );
});

test("npm's packages are read from node_modules, and other package.json files are ignored", async () => {
  const of = (name: string) => JSON.stringify({ name, version: "1.0.0" });
  assert.deepEqual(
    await purlsOf({
      "usr/lib/node_modules/npm/package.json": of("npm"),
      "usr/lib/node_modules/npm/node_modules/@npmcli/fs/package.json": of("@npmcli/fs"),
      "usr/lib/node_modules/npm/test/package.json": of("fixture"),
    }),
    ["pkg:npm/%40npmcli/fs@1.0.0", "pkg:npm/npm@1.0.0"],
  );
});
