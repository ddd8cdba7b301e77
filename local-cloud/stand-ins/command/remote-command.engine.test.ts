import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { generateKeyPairSync } from "node:crypto";
import { z } from "zod";
import type { Properties } from "../../provider/resource-type.ts";
import { firstMessage, testContext } from "../testing/context.ts";
import { freePort, sshKeys, startSshd, type TestSshd } from "../testing/sshd.ts";
import { copyToRemote } from "./copy-to-remote.ts";
import { connections, remoteCommand } from "./remote-command.ts";
import { authorizedKey, sshPublicKey } from "../tls/openssh.ts";

const stdout = (outputs: Properties): string => z.string().parse(outputs["stdout"]);

describe("a command over SSH", () => {
  let target: TestSshd;
  let proxy: TestSshd;
  let directory: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "remote-command-"));
    [target, proxy] = [await startSshd(), await startSshd()];
  });
  after(async () => {
    await connections.close();
    await Promise.all([target.stop(), proxy.stop()]);
    await rm(directory, { recursive: true });
  });

  const endpoint = ({ port, user, privateKey, hostKey }: TestSshd) => ({
    host: "127.0.0.1",
    port,
    user,
    privateKey,
    hostKey,
  });
  const inputs = (properties: Properties) =>
    remoteCommand.inputs.parse({ connection: { ...endpoint(target), dialErrorLimit: 0 }, ...properties });
  const create = async (properties: Properties) => remoteCommand.create(inputs(properties), testContext());

  it("returns the output of the command, and an id", async () => {
    const { id, outputs } = await create({ create: "echo out; echo err >&2" });
    assert.match(id, /^thing[0-9a-f]{8}$/);
    assert.equal(outputs["stdout"], "out");
    assert.equal(outputs["stderr"], "err");
  });

  it("passes standard input, and the environment variables that the server accepts", async () => {
    const { outputs } = await create({
      create: 'read -r line; echo "$GREETING, $line$REFUSED"',
      stdin: "world",
      environment: { GREETING: "hello", REFUSED: "!" },
    });
    assert.equal(outputs["stdout"], "hello, world");
  });

  it("fails with the command's status and last lines", async () => {
    await assert.rejects(
      create({ create: "echo first; echo no such thing >&2; exit 3" }),
      /the command on .*@127\.0\.0\.1:\d+ exited with status 3:\n(first\n)?no such thing/,
    );
  });

  it("shows the lines of the streams that `logging` selects", async () => {
    const context = testContext();
    await remoteCommand.create(inputs({ create: "echo out; echo err >&2", logging: "stderr" }), context);
    assert.deepEqual(context.messages, ["err"]);
  });

  it("goes through a proxy, and verifies each server by its own key", async () => {
    const connection = { ...endpoint(target), proxy: endpoint(proxy) };
    const { outputs } = await create({ create: 'echo "$SSH_CONNECTION"', connection });
    assert.match(stdout(outputs), new RegExp(`^127\\.0\\.0\\.1 \\d+ 127\\.0\\.0\\.1 ${target.port}$`));
  });

  it("refuses a server with another host key than expected", async () => {
    const connection = { ...endpoint(target), hostKey: proxy.hostKey, dialErrorLimit: 0 };
    await assert.rejects(create({ create: "true", connection }), (error: Error) => {
      const dial = error.cause as Error;
      assert.match(dial.message, /can't connect to .*@127\.0\.0\.1/);
      assert.match((dial.cause as Error).message, /host key is not the expected one/);
      return true;
    });
  });

  it("refuses a proxy with another host key than expected", async () => {
    const connection = {
      ...endpoint(target),
      dialErrorLimit: 0,
      proxy: { ...endpoint(proxy), hostKey: target.hostKey, dialErrorLimit: 0 },
    };
    await assert.rejects(create({ create: "true", connection }));
  });

  it("can't log in with another key", async () => {
    const connection = { ...endpoint(target), privateKey: sshKeys().privateKey, dialErrorLimit: 0 };
    await assert.rejects(create({ create: "true", connection }), /after 1 attempts/);
  });

  it("accepts a private key in PKCS#8 too", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const login = {
      privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      publicKey: authorizedKey(sshPublicKey(publicKey) ?? Buffer.alloc(0)),
    };
    const server = await startSshd({ login });
    try {
      const { outputs } = await create({ create: "echo in", connection: endpoint(server) });
      assert.equal(outputs["stdout"], "in");
    } finally {
      await server.stop();
    }
  });

  it("retries until the server is there, and shows the failures", async () => {
    const port = await freePort();
    const [host, login] = [sshKeys(), sshKeys()];
    const context = testContext();
    const connection = {
      host: "127.0.0.1",
      port,
      user: target.user,
      privateKey: login.privateKey,
      hostKey: host.publicKey,
    };
    const created = remoteCommand.create(
      inputs({ create: "echo there", connection: { ...connection, dialErrorLimit: -1 } }),
      context,
    );
    await firstMessage(context, "a dial to fail");
    const server = await startSshd({ port, host, login });
    try {
      assert.equal((await created).outputs["stdout"], "there");
      assert.match(context.messages[0] ?? "", /^dial 1\/unlimited failed, trying again: can't connect to/);
    } finally {
      await server.stop();
    }
  });

  it("can't recover behind a proxy from another host key, as the real plugin can't", async () => {
    const [port, own, made, login] = [await freePort(), sshKeys(), sshKeys(), sshKeys()];
    const early = await startSshd({ port, host: own, login });
    const context = testContext();
    const connection = { ...endpoint(early), hostKey: made.publicKey, dialErrorLimit: 3, proxy: endpoint(proxy) };
    const created = remoteCommand.create(inputs({ create: "true", connection }), context);
    await firstMessage(context, "a dial to fail");
    await early.stop();
    const late = await startSshd({ port, host: made, login });
    try {
      await assert.rejects(created, (error: Error) => {
        assert.match(error.message, /after 4 attempts/);
        assert.match((error.cause as Error).message, /handshake failed: EOF/);
        return true;
      });
    } finally {
      await late.stop();
    }
  });

  it("uses one connection for many commands, and a new one after the server was restarted", async () => {
    const [host, login] = [sshKeys(), sshKeys()];
    const first = await startSshd({ host, login });
    const source = { create: 'echo "$SSH_CONNECTION"', connection: endpoint(first) };
    const runs = await Promise.all(Array.from({ length: 20 }, () => create(source)));
    const ports = (all: typeof runs) => new Set(all.map(({ outputs }) => stdout(outputs).split(" ")[1]));
    assert.equal(ports(runs).size, 1);
    const open = await connections.get(inputs(source).connection, testContext());
    open.client.destroy();
    assert.notDeepEqual(ports([await create(source)]), ports(runs));
    await first.stop();
  });

  it("ends at an interrupt together with its session", async () => {
    const waiting = testContext();
    const blocked = remoteCommand.create(inputs({ create: "echo started; sleep 600" }), waiting);
    await firstMessage(waiting, "the command to start");
    waiting.abort();
    await assert.rejects(blocked, /interrupted by the test/);
  });

  it("runs `update`, or `create` again, with its last output in the environment", async () => {
    const { outputs } = await create({ create: "echo one" });
    const again = await remoteCommand.update?.(
      "id",
      outputs,
      inputs({ create: 'echo "$PULUMI_COMMAND_STDOUT two"' }),
      testContext(),
    );
    assert.equal(again?.["stdout"], "one two");
    const updated = await remoteCommand.update?.(
      "id",
      outputs,
      inputs({ create: "false", update: "echo updated" }),
      testContext(),
    );
    assert.equal(updated?.["stdout"], "updated");
  });

  it("runs `delete` with the state's inputs", async () => {
    const file = join(directory, "deleted");
    const { outputs } = await create({ create: "echo made", delete: `echo "$PULUMI_COMMAND_STDOUT" > ${file}` });
    await remoteCommand.delete("id", outputs, testContext());
    assert.equal(await readFile(file, "utf8"), "made\n");
  });

  it("copies a file, and a directory under its name or as its contents", async () => {
    await mkdir(join(directory, "from/inner"), { recursive: true });
    await writeFile(join(directory, "from/inner/file"), "text");
    const copy = async (path: string, remotePath: string) =>
      copyToRemote.create(
        copyToRemote.inputs.parse({ connection: endpoint(target), source: { path, hash: "1" }, remotePath }),
        testContext(),
      );
    await copy(join(directory, "from/inner/file"), join(directory, "copied"));
    assert.equal(await readFile(join(directory, "copied"), "utf8"), "text");
    await copy(join(directory, "from"), join(directory, "to"));
    assert.equal(await readFile(join(directory, "to/from/inner/file"), "utf8"), "text");
    await copy(`${join(directory, "from")}/`, join(directory, "flat"));
    await stat(join(directory, "flat/inner/file"));
  });
});
