import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { waitUntil } from "../../engine/wait-until.ts";
import { EngineProject } from "../testing/engine.ts";

const plugins = join(import.meta.dirname, "../testing/fake");

/** Returns a program with a Thing, and a second one that uses the outputs of the first. */
const program = (inputs: string, options = "{}") => `
  class Thing extends pulumi.CustomResource {
    declare readonly address: pulumi.Output<string>;
    declare readonly revision: pulumi.Output<number>;
    declare readonly url: pulumi.Output<string>;
    declare readonly size: pulumi.Output<number>;
    constructor(name: string, inputs: pulumi.Inputs, options: pulumi.CustomResourceOptions = {}) {
      const outputs = { address: undefined, revision: undefined, url: undefined, size: undefined, token: undefined };
      super("fake:index/thing:Thing", name, { ...outputs, ...inputs }, options);
    }
  }
  const first = new Thing("first", ${inputs}, ${options});
  const second = new Thing("second", { name: "second", tags: { first: first.address, "dotted.key": "x" } });
  export const address = first.address;
  export const id = first.id;
  export const revision = first.revision;
  export const size = first.size;
  export const greeting = pulumi.output(pulumi.runtime.invoke("fake:index/greet:greet", { name: "world" })).text;
`;

describe("a package served to the real engine", () => {
  let cloud: string;
  let project: EngineProject;
  const summary = async (...args: string[]) => (await project.expect(...args)).text.replaceAll(/\s+/g, " ");
  const fileOf = (id: unknown) => join(cloud, `${String(id)}.json`);

  before(async () => {
    cloud = await mkdtemp(join(tmpdir(), "fake-cloud-"));
    project = await EngineProject.create([plugins], { FAKE_CLOUD: cloud });
  });
  after(async () => {
    await project.remove();
    await rm(cloud, { recursive: true });
  });

  it("previews with unknown values", async () => {
    await project.program(program('{ password: pulumi.secret("hunter2-hunter2") }'));
    const plan = await summary("preview", "--diff");
    assert.match(plan, /tags: \{ dotted\.key: "x" first : \[unknown\] \}/);
    assert.match(
      plan,
      /address : \[unknown\] greeting: "will greet world" id : \[unknown\] revision: \[unknown\] size : 3/,
    );
    assert.match(plan, /\+ 3 to create/);
  });

  it("creates resources, fills defaults and names, and calls functions", async () => {
    assert.match(await summary("up", "--yes", "--skip-preview"), /\+ 3 created/);
    const outputs = await project.outputs();
    assert.match(String(outputs["id"]), /^first-[0-9a-f]{7}$/);
    assert.equal(outputs["address"], `thing://${String(outputs["id"])}`);
    assert.equal(outputs["size"], 3);
    assert.equal(outputs["greeting"], "hello world");
  });

  it("keeps secrets out of the state: inputs, outputs that contain them, and secretOutputs", async () => {
    const resources = await project.resources();
    assert.doesNotMatch(JSON.stringify(resources), /hunter2|token of/);
    const state = resources.find(({ urn }) => urn.endsWith("::first"));
    assert.equal(typeof state?.outputs?.["url"], "object");
    assert.equal(typeof state?.outputs?.["address"], "string");
  });

  it("changes nothing when nothing changed", async () => {
    assert.match(await summary("up", "--yes", "--skip-preview"), /Resources: 3 unchanged/);
  });

  it("updates in place, and previews an update with the outputs that stay", async () => {
    await project.program(program('{ password: pulumi.secret("hunter2-hunter2"), size: 4, tags: { a: "1" } }'));
    const plan = await summary("preview", "--diff");
    assert.match(plan, /~ size *: 3 => 4/);
    assert.match(plan, /~ 1 to update/, "the second is not touched, because the address of the first stays");
    assert.match(await summary("up", "--yes", "--skip-preview"), /~ 1 updated/);
    assert.equal((await project.outputs())["revision"], 2);
  });

  it("detects drift on a refresh, and repairs it", async () => {
    const { id } = await project.outputs();
    const found = JSON.parse(await readFile(fileOf(id), "utf8")) as object;
    await writeFile(fileOf(id), JSON.stringify({ ...found, size: 9 }));
    assert.match(await summary("refresh", "--yes", "--skip-preview"), /~ 1 updated/);
    assert.match(await summary("preview", "--diff"), /~ size *: 9 => 4/);
    await project.expect("up", "--yes", "--skip-preview");
    assert.equal((JSON.parse(await readFile(fileOf(id), "utf8")) as { size: number }).size, 4);
  });

  it("creates a resource again that was removed outside of Pulumi", async () => {
    await rm(fileOf((await project.outputs())["id"]));
    assert.match(await summary("refresh", "--yes", "--skip-preview"), /- 1 deleted/);
    assert.match(await summary("up", "--yes", "--skip-preview"), /\+ 1 created/);
  });

  it("replaces with a new name, and then deletes the old one", async () => {
    const { id } = await project.outputs();
    await project.program(program('{ zone: "b" }'));
    assert.match(await summary("preview", "--diff"), /\+- 1 to replace|\+-1 to replace/);
    assert.match(await summary("up", "--yes", "--skip-preview"), /1 replaced/);
    const replaced = (await project.outputs())["id"];
    assert.notEqual(replaced, id);
    await assert.rejects(stat(fileOf(id)));
    await stat(fileOf(replaced));
  });

  it("replaces for a nested input", async () => {
    await project.program(program('{ zone: "b", disk: { size: 1, encrypted: false } }'));
    assert.match(await summary("up", "--yes", "--skip-preview"), /1 replaced/);
    await project.program(program('{ zone: "b", disk: { size: 2, encrypted: false } }'));
    assert.match(await summary("up", "--yes", "--skip-preview"), /1 updated/);
  });

  it("refuses wrong inputs by resource and property before it creates anything", async () => {
    await project.program(program('{ sizes: 3, zone: "c", disk: { encrypted: true, sise: 1 } }'));
    const { ok, text } = await project.run("preview");
    assert.equal(ok, false);
    assert.match(text, /sizes.*unknown property; allowed: name, size, zone/);
    assert.match(text, /zone.*expected one of "a"\|"b" \(got "c"\)/);
    assert.match(text, /disk\.size.*required/);
    assert.match(text, /disk\.sise.*unknown property; allowed: encrypted, size/);
  });

  it("refuses inputs that break a rule across properties", async () => {
    await project.program(program('{ zone: "b", size: 7 }'));
    const { ok, text } = await project.run("preview");
    assert.equal(ok, false);
    assert.match(text, /size.*must be 5 or less in zone b \(got 7\)/);
  });

  it("shows an error's own message, without secrets", async () => {
    await project.program(program('{ zone: "b", name: "new", fail: pulumi.secret("no more things") }'));
    await project.expect("destroy", "--yes", "--skip-preview");
    const { ok, text } = await project.run("up", "--yes", "--skip-preview");
    assert.equal(ok, false);
    assert.match(text, /\[secret\]: disk of new is full/);
    assert.doesNotMatch(text, /no more things|rpc error/);
  });

  it("stops an operation when the user interrupts", async () => {
    await project.program(program('{ name: "slow", waits: true }'));
    const up = project.start(["up", "--yes", "--skip-preview"]);
    const waiting = () => stat(join(cloud, "waiting")).then(Boolean, () => false);
    await waitUntil(waiting, { what: "the operation to start", timeout: 180_000 });
    up.kill("SIGINT");
    const { all } = await up;
    assert.match(String(all), /the update was cancelled|canceled/);
    assert.equal(await waiting(), false, "the operation ended itself");
  });

  it("leaves nothing behind", async () => {
    await project.expect("destroy", "--yes", "--skip-preview");
    assert.deepEqual(await project.resources(), []);
  });
});
