import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { execa } from "execa";
import { testContext } from "../testing/context.ts";
import { startRegistry, type TestRegistry } from "../testing/registry.ts";
import { image } from "./image.ts";

describe("an image, with a Docker engine", () => {
  let directory: string;
  let registry: TestRegistry;
  const created: string[] = [];

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "image-"));
    await mkdir(join(directory, "context"));
    await writeFile(join(directory, "context/file"), directory);
    await writeFile(join(directory, "context/Dockerfile"), "FROM scratch\nARG WORD\nLABEL word=$WORD\nCOPY file /\n");
    registry = await startRegistry("AWS", "pass");
  });
  after(async () => {
    await registry.stop();
    if (created.length > 0) await execa("docker", ["image", "rm", "--force", ...created]);
    await rm(directory, { recursive: true });
  });

  const make = async (more: object, context = testContext()) => {
    const imageName = `${registry.host}/test/image:1`;
    const build = { context: join(directory, "context"), args: { WORD: "hello" } };
    created.push(imageName);
    return image.create(image.inputs.parse({ imageName, build, ...more }), context);
  };

  it("is built with its arguments, and identified by its id if it is not pushed", async () => {
    const context = testContext();
    const { id, outputs } = await make({ skipPush: true }, context);
    const { stdout } = await execa("docker", ["image", "inspect", "--format", "{{.Id}} {{.Config.Labels.word}}", id]);
    assert.equal(stdout, `${outputs["repoDigest"] as string} hello`);
    assert.match(context.messages.join("\n"), /COPY file/);
  });

  it("is pushed with the login, and identified by the registry's digest", async () => {
    const { outputs } = await make({ registry: { server: registry.host, username: "AWS", password: "pass" } });
    assert.equal(outputs["repoDigest"], `${registry.host}/test/image@${registry.manifests[0] ?? ""}`);
  });

  it("fails with Docker's message if the login is wrong", async () => {
    const wrong = { server: registry.host, username: "AWS", password: "wrong" };
    await assert.rejects(
      make({ registry: wrong }),
      /docker push exited with status 1:\n.*(basic auth|unauthorized|authentication)/s,
    );
  });

  it("fails with Docker's message if the build fails", async () => {
    await writeFile(join(directory, "Broken"), "FROM scratch\nCOPY missing /\n");
    const build = { context: join(directory, "context"), dockerfile: join(directory, "Broken") };
    await assert.rejects(make({ build, skipPush: true }), /docker build exited with status 1:\n.*missing/s);
  });
});
