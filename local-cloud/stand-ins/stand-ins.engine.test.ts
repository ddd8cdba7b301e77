import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { execa } from "execa";
import { EngineProject } from "../provider/testing/engine.ts";
import { sshKeys, startSshd, type TestSshd } from "./testing/sshd.ts";

const PASSWORD_LENGTH = 20;
const IMAGE = "local-cloud-stand-ins-test:1";

const program = (marker: string) => `
  import * as command from "@pulumi/command";
  import * as docker from "@pulumi/docker";
  import * as random from "@pulumi/random";
  import * as tls from "@pulumi/tls";

  const config = new pulumi.Config();
  const password = new random.RandomPassword("password", { length: ${PASSWORD_LENGTH}, special: false });
  const suffix = new random.RandomId("suffix", { byteLength: 4, prefix: "p-", keepers: { marker: "fixed" } });
  const key = new tls.PrivateKey("key", { algorithm: "ED25519" });
  const connection: command.types.input.remote.ConnectionArgs = {
    host: "127.0.0.1",
    port: config.requireNumber("port"),
    user: config.require("user"),
    privateKey: config.requireSecret("privateKey"),
    hostKey: config.require("hostKey"),
  };
  const remote = new command.remote.Command("remote", {
    connection,
    create: "cat; echo ' ${marker}'",
    delete: "echo deleted > deleted; mv deleted " + config.require("directory"),
    stdin: suffix.hex,
  });
  const copied = new command.remote.CopyToRemote("copied", {
    connection,
    source: new pulumi.asset.FileAsset("./copy-me"),
    remotePath: config.require("directory") + "/copied",
  });
  const local = new command.local.Command("local", { create: "echo $LOCAL", environment: { LOCAL: password.result }, logging: "none" });
  const image = new docker.Image("image", { imageName: "${IMAGE}", build: { context: "context" }, skipPush: true });

  export const stdout = remote.stdout;
  export const hex = suffix.hex;
  export const publicKey = key.publicKeyOpenssh;
  export const result = password.result;
  export const localOut = local.stdout;
  export const repoDigest = image.repoDigest;
`;

describe("the stand-ins behind the real engine and the real SDKs", () => {
  let project: EngineProject;
  let sshd: TestSshd;
  const summary = async (...args: string[]) => (await project.expect(...args)).text.replaceAll(/\s+/g, " ");

  before(async () => {
    sshd = await startSshd({ login: sshKeys() });
    project = await EngineProject.create([join(import.meta.dirname, "bin")]);
    await writeFile(join(project.directory, "copy-me"), "copy");
    await mkdir(join(project.directory, "context"));
    await writeFile(join(project.directory, "context/Dockerfile"), "FROM scratch\nCOPY file /\n");
    await writeFile(join(project.directory, "context/file"), "one");
    const settings = { port: `${sshd.port}`, user: sshd.user, hostKey: sshd.hostKey, directory: project.directory };
    for (const [key, value] of Object.entries(settings)) await project.expect("config", "set", key, "--", value);
    await project.expect("config", "set", "--secret", "privateKey", "--", sshd.privateKey);
    await project.program(program("first"));
  });
  after(async () => {
    await sshd.stop();
    await execa("docker", ["image", "rm", "--force", IMAGE]);
    await project.remove();
  });

  it("preview, although the inputs of the commands are unknown", async () => {
    assert.match(await summary("preview"), /\+ 8 to create/);
  });

  it("create everything without a warning", async () => {
    const { text } = await project.expect("up", "--yes", "--skip-preview");
    assert.doesNotMatch(text, /warning/i);
    const outputs = await project.outputs();
    assert.match(String(outputs["hex"]), /^p-[0-9a-f]{8}$/);
    assert.equal(outputs["stdout"], `${String(outputs["hex"])} first`);
    assert.match(String(outputs["publicKey"]), /^ssh-ed25519 /);
    assert.match(String(outputs["repoDigest"]), /^sha256:[0-9a-f]{64}$/);
    assert.equal(await readFile(join(project.directory, "copied"), "utf8"), "copy");
  });

  it("keep secrets out of the state, even those in outputs", async () => {
    const { result, localOut } = await project.outputs();
    assert.match(String(result), new RegExp(`^[a-zA-Z0-9]{${PASSWORD_LENGTH}}$`));
    assert.equal(localOut, result);
    const state = JSON.stringify(await project.resources());
    assert.ok(!state.includes(String(result)));
    assert.doesNotMatch(state, /PRIVATE KEY/);
  });

  it("leave values readable that are not secret", async () => {
    const remote = (await project.resources()).find(({ urn }) => urn.endsWith("::remote"));
    assert.equal(typeof remote?.outputs?.["stdout"], "string");
    assert.equal(typeof remote?.outputs?.["connection"], "object");
  });

  it("change nothing on an update or a refresh if nothing changed", async () => {
    assert.match(await summary("up", "--yes", "--skip-preview"), /Resources: 8 unchanged/);
    assert.match(await summary("refresh", "--yes", "--skip-preview"), /Resources: 8 unchanged/);
  });

  it("build again when a file of the context changed, copy a changed file, and rerun a changed command", async () => {
    const before = await project.outputs();
    await writeFile(join(project.directory, "context/file"), "two");
    await writeFile(join(project.directory, "copy-me"), "copy again");
    await project.program(program("second"));
    assert.match(await summary("preview"), /~ 3 to update/);
    assert.match(await summary("up", "--yes", "--skip-preview"), /~ 3 updated/);
    const outputs = await project.outputs();
    assert.notEqual(outputs["repoDigest"], before["repoDigest"]);
    assert.equal(outputs["stdout"], `${String(outputs["hex"])} second`);
    assert.equal(await readFile(join(project.directory, "copied"), "utf8"), "copy again");
  });

  it("refuse resource types that they don't have", async () => {
    await project.program(
      'import * as tls from "@pulumi/tls"; new tls.SelfSignedCert("c", { privateKeyPem: "", allowedUses: [], validityPeriodHours: 1 });',
    );
    const { ok, text } = await project.run("preview");
    assert.equal(ok, false);
    assert.match(
      text,
      /resource type tls:index\/selfSignedCert:SelfSignedCert is not served here.*has: tls:index\/privateKey:PrivateKey/,
    );
  });

  it("run `delete` commands on destroy", async () => {
    await project.expect("destroy", "--yes", "--skip-preview");
    assert.equal(await readFile(join(project.directory, "deleted"), "utf8"), "deleted\n");
    assert.deepEqual(await project.resources(), []);
  });
});
