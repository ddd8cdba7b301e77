import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { execa } from "execa";

const here = import.meta.dirname;
const NAMES = ["aws", "command", "docker", "random", "tls"];
const REAL = NAMES.filter((name) => name !== "aws");

/** A fake Pulumi CLI that can download plugins while its folder has a file `network`. */
const PULUMI = `#!/usr/bin/env bash
[[ $1 != version ]] || { echo v3.259.0; exit; }
[[ "$*" == "plugin install resource "*" --exact" && -e "\${0%/*}/network" ]] || exit 1
folder="$PULUMI_HOME/plugins/resource-$4-v$5"
mkdir -p "$folder"
echo "$4 $5" >"$folder/pulumi-resource-$4"
chmod +x "$folder/pulumi-resource-$4"
`;

describe("the plugins of stack local", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "plugins-"));
    await mkdir(join(folder, "bin"));
    for (const name of ["pulumi", "pulumi-language-nodejs"])
      await writeFile(join(folder, "bin", name), PULUMI, { mode: 0o755 });
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Creates a checkout with the scripts under test and SDKs of a version. */
  async function checkout(name: string, version = "1.2.3"): Promise<string> {
    const root = join(folder, name);
    for (const script of ["lib.sh", "env.sh", "packages.sh", "proxy.sh", "pulumi.sh", "plugins.sh"])
      await cp(join(here, script), join(root, "tools", script));
    await setVersion(root, version);
    return root;
  }

  async function setVersion(root: string, version: string): Promise<void> {
    const project = JSON.parse(await readFile(join(here, "../package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    for (const name of NAMES) {
      assert.ok(`@pulumi/${name}` in project.dependencies, name);
      project.dependencies[`@pulumi/${name}`] = version;
    }
    await writeFile(join(root, "package.json"), JSON.stringify(project, undefined, 2));
  }

  async function install(root: string, choice?: string) {
    return execa(join(root, "tools/plugins.sh"), {
      env: {
        PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`,
        XDG_CACHE_HOME: join(folder, "cache"),
        ...(choice === undefined ? {} : { LOCAL_CLOUD_PLUGINS: choice }),
      },
      reject: false,
    });
  }

  const network = () => writeFile(join(folder, "bin/network"), "");
  const plugin = (root: string, name: string, version = "1.2.3") =>
    join(root, `.local/pulumi/plugins/resource-${name}-v${version}/pulumi-resource-${name}`);
  const standIn = (root: string, name: string) =>
    join(root, name === "aws" ? "local-cloud/bin" : "local-cloud/stand-ins/bin", `pulumi-resource-${name}`);

  it("are each checkout's own stand-ins if the real ones can't be downloaded", async () => {
    const [one, other] = [await checkout("one"), await checkout("other")];
    for (const root of [one, other]) {
      const { exitCode, stderr } = await install(root);
      assert.equal(exitCode, 0, stderr);
      for (const name of NAMES) assert.equal(await readlink(plugin(root, name)), standIn(root, name));
    }
  });

  it("are the real ones, shared by checkouts, if they can be downloaded; aws is always the local cloud's", async () => {
    await network();
    const root = await checkout("one");
    assert.equal((await install(root)).exitCode, 0);
    for (const name of REAL) assert.equal(await readFile(plugin(root, name), "utf8"), `${name} 1.2.3\n`);
    assert.equal(await readlink(plugin(root, "aws")), standIn(root, "aws"));
    await rm(join(folder, "bin/network"));
    const other = await checkout("other");
    assert.equal((await install(other)).exitCode, 0);
    for (const name of REAL) assert.equal(await readlink(plugin(other, name)), await readlink(plugin(root, name)));
  });

  it("stay the same after the first decision, even if the network comes back", async () => {
    const root = await checkout("one");
    await install(root);
    await network();
    assert.equal((await install(root, "real")).exitCode, 0);
    for (const name of REAL) assert.equal(await readlink(plugin(root, name)), standIn(root, name));
  });

  it("follow the version of the SDK", async () => {
    const root = await checkout("one");
    await install(root);
    await setVersion(root, "2.0.0");
    assert.equal((await install(root)).exitCode, 0);
    for (const name of NAMES) {
      assert.equal(await readlink(plugin(root, name, "2.0.0")), standIn(root, name));
      await assert.rejects(readlink(plugin(root, name)), { code: "ENOENT" });
    }
  });

  it("fail by name if the real ones are required and can't be downloaded, and nothing is decided", async () => {
    const root = await checkout("one");
    const { exitCode, stderr } = await install(root, "real");
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      /the Pulumi plugins command docker random tls can't be downloaded, and LOCAL_CLOUD_PLUGINS=real/,
    );
    assert.equal((await install(root)).exitCode, 0);
    assert.equal(await readlink(plugin(root, "tls")), standIn(root, "tls"));
  });

  it("fail if a new version can't be downloaded in a checkout that uses the real ones", async () => {
    await network();
    const root = await checkout("one");
    await install(root);
    await rm(join(folder, "bin/network"));
    await setVersion(root, "2.0.0");
    const { exitCode, stderr } = await install(root);
    assert.equal(exitCode, 1);
    assert.match(stderr, /can't be downloaded, and this checkout uses the real ones\n +Run it again with a network;/);
  });

  it("are not chosen by an unknown value", async () => {
    const { exitCode, stderr } = await install(await checkout("one"), "mine");
    assert.equal(exitCode, 1);
    assert.match(stderr, /LOCAL_CLOUD_PLUGINS is mine\n +Allowed: real, stand-ins, or unset/);
  });
});
