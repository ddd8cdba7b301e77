import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Client } from "pg";
import { containerName, listContainers, removeContainer, stopContainer } from "../engine/containers.ts";
import { docker } from "../engine/docker.ts";
import { deleteRecord, listRecords } from "../engine/records.ts";
import { waitUntil } from "../engine/wait-until.ts";
import { testAccount } from "../engine/test-account.ts";
import { sweep } from "../sweep.ts";
import { registryHost } from "./ecr/registry.ts";
import { token as lb } from "./lb/tokens.ts";
import { aws } from "./package.ts";
import { token as ssm } from "./ssm/tokens.ts";
import { DockerClient } from "./testing/docker-client.ts";
import { leftovers } from "./testing/leftovers.ts";
import { NotesProject } from "./testing/notes-project.ts";
import type { Settings } from "./testing/settings.ts";

/** Uses its own account, so that other environments on this machine don't interfere. */
process.env["LOCAL_CLOUD_ACCOUNT"] = testAccount("services").account;

const readParameter = await readFile(join(import.meta.dirname, "testing/read-parameter.sh"), "utf8");

const wrongInputs = [
  [
    `rds.Instance("wrong", { engine: "postgres", instanceClass: "db.t3.nano", allocatedStorage: 20, username: "notes",
      password: "long-enough", dbSubnetGroupName: "notes" })`,
    "instanceClass",
    "must be a class that the local cloud knows: db.t3.micro",
  ],
  [
    `lb.TargetGroup("wrong", { port: 80, protocol: "HTTP", vpcId: "vpc-0123456789abcdef0",
      healthCheck: { interval: 5, timeout: 5 } })`,
    "healthCheck.timeout",
    "must be smaller than the interval of 5 s",
  ],
  [`ecr.Repository("wrong", { imageTagMutability: "SOMETIMES" })`, "imageTagMutability", 'expected one of "MUTABLE"'],
  [`iam.Role("wrong", { assumeRolePolicy: "{}" })`, "assumeRolePolicy", "MalformedPolicyDocument"],
  [`ssm.Parameter("wrong", { type: "Secret", value: "x" })`, "type", 'expected one of "String"'],
] as const;

/**
 * Runs the program of notes.ts with the real CLI. Each test continues where the previous one ended.
 */
describe("a database, a load balancer, a registry, roles and parameters", () => {
  const settings: Settings = {
    database: { instanceClass: "db.t3.micro", username: "notes", password: "first-password", slowStatement: 1_000 },
    loadBalancer: { idleTimeout: 60, targetPort: 8080 },
    images: { mutable: true, kept: 10 },
    role: { path: "/", readable: ["open"] },
    parameters: { open: "sesame", closed: "first secret" },
  };
  let project: NotesProject;
  let client: DockerClient;
  let authority: string;
  let digest: string;

  before(async () => {
    // Removes the leftovers of a killed run: they would occupy the range.
    await sweep(aws, new Set());
    [project, client] = await Promise.all([NotesProject.create(), DockerClient.create()]);
  });
  after(async () => {
    await sweep(aws, new Set());
    await Promise.all([project.engine.remove(), client.remove()]);
  });

  it("are created by one update, and those that failed by the next", async () => {
    // A file in place of the folder of the registry's certificate makes the repository fail after
    // its registry was created.
    const certificates = `/etc/docker/certs.d/${registryHost()}`;
    await mkdir(dirname(certificates), { recursive: true });
    await writeFile(certificates, "");
    await project.configure(settings);
    const { ok, text } = await project.engine.run("up", "--yes", "--skip-preview", "--continue-on-error");
    await rm(certificates, { force: true });
    assert.equal(ok, false);
    assert.match(text, new RegExp(`can't write ${certificates}/ca.crt`));
    assert.deepEqual(await leftoversOf("registry"), []);
    // The failed update may have created more or fewer of the other resources. This update creates
    // the missing ones and changes nothing else.
    const changes = await project.up(settings);
    for (const missing of ["create Repository notes", "create LifecyclePolicy notes"])
      assert.ok(changes.includes(missing), changes.join(", "));
    assert.deepEqual(
      changes.filter((change) => !change.startsWith("create ")),
      [],
    );
  });

  it("are unchanged by an update without a change", async () => {
    assert.deepEqual(await project.up(settings, "--refresh", "--expect-no-changes"), []);
  });

  it("the database needs TLS, has a certificate of the published CAs, and allows its class's connections", async () => {
    authority = await project.onHost("curl -sS https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem");
    assert.deepEqual(await query("SHOW max_connections"), [{ max_connections: "81" }]);
    await query("CREATE TABLE note AS SELECT 'remember'::text AS text");
    await assert.rejects(query("SELECT 1", { ssl: false }), /no encryption/);
    await assert.rejects(query("SELECT 1", { ssl: { servername: "another.example" } }), /does not match/);
    await assert.rejects(query("SELECT 1", { ssl: { ca: undefined } }), /self-signed certificate/);
    await assert.rejects(query("SELECT 1", { password: "wrong-password" }), /password authentication failed/);
  });

  it("the load balancer forwards to the host once it is healthy", async () => {
    await answers(200);
  });

  it("the registry accepts pushes and pulls only with a login, and only for an existing repository", async () => {
    const { repositoryUrl, registryUser, registryPassword } = project.outputs;
    await client.image(`${repositoryUrl}:1`, "first");
    await assert.rejects(client.run(["push", `${repositoryUrl}:1`]), /no basic auth credentials/);
    await assert.rejects(login(registryUser, `${registryPassword}x`), /401|unauthorized/i);
    await login(registryUser, registryPassword);
    await client.run(["push", `${repositoryUrl}:1`]);
    [digest = ""] = JSON.parse(
      await client.run(["inspect", "--format", "{{json .RepoDigests}}", `${repositoryUrl}:1`]),
    ) as string[];
    await client.run(["image", "rm", `${repositoryUrl}:1`]);
    await client.run(["pull", digest]);
    await client.run(["image", "rm", digest]);
    await client.image(`${repositoryUrl}-missing:1`, "first");
    await assert.rejects(client.run(["push", `${repositoryUrl}-missing:1`]), /does not exist/);
    await client.run(["image", "rm", `${repositoryUrl}-missing:1`]);
  });

  it("a role reads the parameters that its policy allows, by signed requests", async () => {
    assert.match(await project.onHost(readParameter, "/notes/open"), /"Value":"sesame"/);
    assert.match(await project.onHost(readParameter, "/notes/closed"), /AccessDeniedException/);
    assert.match(
      await project.onHost(
        `curl -sS -H 'X-Amz-Target: AmazonSSM.GetParameter' -d '{"Name": "/notes/open"}' https://ssm.ap-northeast-2.amazonaws.com/`,
      ),
      /MissingAuthenticationToken/,
    );
    assert.doesNotMatch(JSON.stringify(await listRecords()), /sesame|first secret/);
  });

  it("change in place what the real provider changes in place", async () => {
    settings.database = {
      ...settings.database,
      instanceClass: "db.t3.small",
      password: "second-password",
      slowStatement: 500,
    };
    settings.loadBalancer.idleTimeout = 30;
    settings.images.mutable = false;
    settings.role.readable.push("closed");
    settings.parameters["closed"] = "second secret";
    assert.deepEqual(await project.up(settings), [
      "update Instance notes",
      "update LoadBalancer notes",
      "update Parameter closed",
      "update ParameterGroup notes",
      "update Repository notes",
      "update RolePolicy read",
    ]);
    assert.deepEqual(
      await query(
        "SELECT text, current_setting('max_connections')::int > 81 AS more, current_setting('log_min_duration_statement') AS slow FROM note",
      ),
      [{ text: "remember", more: true, slow: "500ms" }],
    );
    assert.match(await project.onHost(readParameter, "/notes/closed"), /"Value":"second secret","Version":2/);
    await answers(200);
    const { repositoryUrl } = project.outputs;
    await client.image(`${repositoryUrl}:1`, "second");
    await assert.rejects(client.run(["push", `${repositoryUrl}:1`]), /immutable/);
    await client.run(["image", "rm", `${repositoryUrl}:1`]);
  });

  it("are replaced where the real provider replaces", async () => {
    const { databaseId } = project.outputs;
    settings.database.username = "owner";
    settings.loadBalancer.targetPort = 8081;
    settings.images.kept = 5;
    settings.role.path = "/notes/";
    assert.deepEqual(await project.up(settings), [
      "replace Instance notes",
      "replace LifecyclePolicy notes",
      "replace Role host",
      "replace RolePolicy read",
      "replace TargetGroup notes",
      "replace TargetGroupAttachment host",
      "update InstanceProfile host",
      "update Listener http",
    ]);
    assert.deepEqual(await leftoversOf(databaseId), []);
    assert.deepEqual(await query("SELECT current_user, to_regclass('note') AS note"), [
      { current_user: "owner", note: null },
    ]);
    assert.match(await project.onHost(readParameter, "/notes/open"), /"Value":"sesame"/);
    await answers(200);
  });

  it("a refresh restarts what was stopped outside Pulumi, and an update creates what was removed", async () => {
    const { hostId, databaseId } = project.outputs;
    await removeContainer(containerName(hostId));
    await answers(503);
    const [balancer] = await listContainers(lb.loadBalancer);
    await stopContainer(balancer?.Id ?? "", 1);
    await removeContainer(containerName("registry"));
    await removeContainer(containerName(databaseId));
    await docker.getVolume(`${containerName(databaseId)}-data`).remove();
    await deleteRecord(ssm.parameter, "/notes/open");
    assert.deepEqual(await project.up(settings, "--refresh"), [
      "create Instance host",
      "create Instance notes",
      "create Parameter open",
      "create TargetGroupAttachment host",
    ]);
    assert.deepEqual(await query("SELECT current_user"), [{ current_user: "owner" }]);
    assert.match(await project.onHost(readParameter, "/notes/open"), /"Value":"sesame"/);
    await client.run(["pull", digest]);
    await client.run(["image", "rm", digest]);
    await answers(200);
  });

  it("leave nothing behind when their creation fails, and the error names the resource and the cause", async () => {
    const before = await leftovers();
    await project.program(`
      new rds.Instance("late", { engine: "postgres", instanceClass: "db.t3.micro", allocatedStorage: 20, username: "late",
        password: "long-enough", dbSubnetGroupName: database.dbSubnetGroupName, skipFinalSnapshot: true },
        { customTimeouts: { create: "100ms" } });
      new lb.LoadBalancer("narrow", { subnets: [subnetIds[0] ?? "", subnetIds[0] ?? ""] });
      new ecr.Repository("twin", { name: repository.name });
      new iam.Role("twin", { name: role.name, assumeRolePolicy: role.assumeRolePolicy });
      new ssm.Parameter("twin", { name: "/notes/open", type: "String", value: "x" }, { dependsOn: parameters });
    `);
    const { ok, text } = await project.engine.run("up", "--yes", "--skip-preview", "--continue-on-error");
    assert.equal(ok, false);
    assert.match(text, /rds:Instance \(late\):\n +error: not done within the timeout of 0\.1 s/);
    assert.match(text, /lb:LoadBalancer \(narrow\):\n.*InvalidConfigurationRequest/);
    assert.match(text, /ecr:Repository \(twin\):\n.*RepositoryAlreadyExistsException/);
    assert.match(text, /iam:Role \(twin\):\n.*EntityAlreadyExists/);
    assert.match(text, /ssm:Parameter \(twin\):\n.*ParameterAlreadyExists/);
    assert.deepEqual(await leftovers(), before);
  });

  for (const [resource, property, reason] of wrongInputs) {
    it(`a preview refuses a wrong ${property} of ${resource.split("(")[0] ?? ""} and names it`, async () => {
      await project.engine.program(`import { ecr, iam, lb, rds, ssm } from "@pulumi/aws";\nnew ${resource};`);
      const { ok, text } = await project.engine.run("preview");
      assert.equal(ok, false);
      assert.match(text, new RegExp(`'wrong'.* property ${property} .*${reason}`));
    });
  }

  it("are destroyed completely, also when they are gone already", async () => {
    await project.program();
    const state = join(project.engine.directory, "state.json");
    await writeFile(state, (await project.engine.expect("stack", "export")).stdout);
    await project.engine.expect("destroy", "--yes", "--skip-preview");
    assert.deepEqual(await leftovers(), []);
    await project.engine.expect("stack", "import", "--file", state);
    await project.engine.expect("destroy", "--yes", "--skip-preview");
    assert.deepEqual(await leftovers(), []);
  });

  /**
   * Runs a query as the program's user, over TLS with the published CAs. `overrides` break a part
   * of the connection.
   */
  async function query(
    text: string,
    overrides: { password?: string; ssl?: false | { servername?: string; ca?: undefined } } = {},
  ): Promise<unknown[]> {
    const { databaseName } = project.outputs;
    const host = (await project.onHost(`getent hosts ${databaseName}`)).split(" ")[0] ?? "";
    const { username, password } = settings.database;
    const ssl = overrides.ssl ?? {};
    const connection = new Client({
      host,
      user: username,
      password: overrides.password ?? password,
      database: "notes",
      ssl: ssl === false ? false : { servername: databaseName, ca: authority, ...ssl },
    });
    try {
      await connection.connect();
      return (await connection.query<Record<string, unknown>>(text)).rows;
    } finally {
      await connection.end();
    }
  }

  async function leftoversOf(id: string): Promise<string[]> {
    return (await leftovers()).filter((name) => name.includes(id));
  }

  /** Waits until the load balancer answers with the status. */
  async function answers(status: number): Promise<void> {
    const { loadBalancerName } = project.outputs;
    const ask = () =>
      new Promise<boolean>((resolve) => {
        get({ host: loadBalancerName, agent: false, timeout: 5_000 }, (response) => {
          response.resume();
          resolve(response.statusCode === status);
        }).on("error", () => {
          resolve(false);
        });
      });
    await waitUntil(ask, { what: `the load balancer to answer ${status}`, timeout: 180_000 });
  }

  async function login(user: string, password: string): Promise<string> {
    const { repositoryUrl } = project.outputs;
    const [registry = ""] = repositoryUrl.split("/");
    return client.run(["login", "--username", user, "--password-stdin", registry], password);
  }
});
