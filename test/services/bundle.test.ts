import assert from "node:assert/strict";
import { createServer } from "node:http";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { execa } from "execa";
import { bundlesOf, bundleService, SERVICE_NAMES } from "../../services/bundle.ts";
import { bundlePage } from "@gifticon/main-api/page-bundle.ts";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";
import { freePort } from "../../services/testing/containers.ts";

/** The services that answer health checks. */
const services = SERVICE_NAMES.filter((name) => bundlesOf(name).length > 1);

for (const service of services) {
  describe(`the bundle of ${service}`, () => {
    test("runs on its own, and names missing environment variables", async () => {
      const bundle = await bundleService(service);
      const { exitCode, stderr } = await execa(process.execPath, [bundle], {
        reject: false,
        extendEnv: false,
        cwd: "/",
      });
      assert.equal(exitCode, 1);
      assert.match(stderr, /DATABASE_HOST is required\n[^]*MODE is required/);
    });

    test("has a health check that exits with 0 for a healthy service, and with 1 for an unhealthy or absent one", async () => {
      const healthcheck = join(dirname(await bundleService(service)), "healthcheck.js");
      const port = await freePort();
      const check = () => execa(process.execPath, [healthcheck], { reject: false, env: { PORT: port.toString() } });
      const absent = await check();
      assert.equal(absent.exitCode, 1);
      assert.match(absent.stdout, /ECONNREFUSED/);
      let status = 200;
      const there = createServer((_, response) => response.writeHead(status).end(`answered ${status}`)).listen(port);
      try {
        for (const [answered, exitCode] of [
          [200, 0],
          [503, 1],
        ] as const) {
          status = answered;
          const { exitCode: found, stdout } = await check();
          assert.deepEqual([found, stdout], [exitCode, `answered ${answered}`]);
        }
      } finally {
        there.close();
      }
    });
  });
}

test("the bundle of main-api contains the same page as the sources", async () => {
  const [port, bundle, folder] = await Promise.all([
    freePort(),
    bundleService("main-api"),
    mkdtemp(join(tmpdir(), "bundle-")),
  ]);
  await writeFile(join(folder, "password"), "none");
  const env = {
    PORT: port.toString(),
    MODE: "direct",
    DATABASE_HOST: "127.0.0.1",
    DATABASE_PORT: "1",
    DATABASE_NAME: "none",
    DATABASE_USER: "none",
    DATABASE_PASSWORD_FILE: join(folder, "password"),
    DATABASE_TLS: "off",
  };
  const service = execa(process.execPath, [bundle], { reject: false, extendEnv: false, cwd: "/", env });
  try {
    const page = await waitUntil("the page", async () => (await fetch(`http://127.0.0.1:${port}/`)).text());
    assert.equal(page, await bundlePage());
  } finally {
    service.kill("SIGKILL");
    await service;
    await rm(folder, { recursive: true });
  }
});
