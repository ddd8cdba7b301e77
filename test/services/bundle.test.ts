import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { execa } from "execa";
import { bundleService, type ServiceName } from "../../services/bundle.ts";
import { freePort } from "./support/containers.ts";

const services: ServiceName[] = ["main-api", "gifticon-issuer"];

for (const service of services) {
  describe(`the bundle of ${service}`, () => {
    test("runs by itself, and says what its environment lacks", async () => {
      const bundle = await bundleService(service);
      const { exitCode, stderr } = await execa("node", [bundle], { reject: false, extendEnv: false, cwd: "/" });
      assert.equal(exitCode, 1);
      assert.match(stderr, /MODE is required\n.*DATABASE_HOST is required/);
    });

    test("checks the health of a service that isn't there with 1", async () => {
      const bundle = await bundleService(service);
      const env = { PORT: (await freePort()).toString() };
      const { exitCode, stdout } = await execa("node", [bundle, "healthcheck"], { reject: false, env });
      assert.equal(exitCode, 1);
      assert.match(stdout, /ECONNREFUSED/);
    });
  });
}
