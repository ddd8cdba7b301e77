import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { after, describe, it } from "node:test";
import { execa } from "execa";
import { greets, managerFailure, messageOf } from "./reach.ts";

describe("an unreachable host", () => {
  const servers: (() => void)[] = [];
  after(() => {
    for (const stop of servers) stop();
  });

  /** Starts a server with this handler of connections. Returns its port. */
  async function serve(answer: (socket: Socket) => void): Promise<number> {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      answer(socket);
    }).listen(0, "127.0.0.1");
    servers.push(() => server.close());
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }

  const failed = async (exitCode: number, stderr: string): Promise<unknown> =>
    execa("bash", ["-c", 'printf %s "$2" >&2; exit "$1"', "bash", String(exitCode), stderr]).catch(
      (error: unknown) => error,
    );
  const sshd = () => serve((socket) => socket.end("SSH-2.0-OpenSSH_10.0\r\n"));
  const reasonOf = async (error: unknown, port: number) => {
    const { message, next } = await managerFailure(error, "127.0.0.1", port);
    return `${message} -> ${next}`;
  };

  it("is reported with the last line of ssh, or with the reason why ssh didn't start", async () => {
    assert.equal(
      messageOf(await failed(255, "a warning\nPermission denied (publickey).\n")),
      "Permission denied (publickey).",
    );
    assert.match(messageOf(await execa("no-such-program").catch((error: unknown) => error)), /ENOENT/);
  });

  it("is up when its SSH server greets", async () => {
    assert.equal(await greets("127.0.0.1", await sshd()), true);
    assert.equal(await greets("127.0.0.1", await serve((socket) => socket.end("HTTP/1.1 200 OK\r\n"))), false);
    assert.equal(await greets("127.0.0.1", await serve((socket) => socket.end())), false);
    assert.equal(await greets("127.0.0.1", 1), false);
  });

  it("is a fault of this machine when the manager greets but ssh fails", async () => {
    const port = await sshd();
    const message = 'unix_listener: path "/tmp/x" too long for Unix domain socket';
    assert.match(
      await reasonOf(await failed(255, message), port),
      /^the manager is up, but this machine can't log in to it: unix_listener: .* -> fix ssh on this machine/,
    );
    assert.match(
      await reasonOf(await failed(255, "Permission denied (publickey)."), port),
      / -> pass a private key that the host accepts: --identity FILE/,
    );
  });

  it("is a fault of the manager's engine when the command ran and failed", async () => {
    const next = "on the manager: sudo systemctl restart docker";
    assert.equal(
      await reasonOf(await failed(1, "Cannot connect to the Docker daemon"), 1),
      `the manager can't report the Swarm's state: Cannot connect to the Docker daemon -> ${next}`,
    );
    assert.ok((await reasonOf(new SyntaxError("Unexpected end of JSON input"), 1)).endsWith(next));
  });

  it("may be down or blocked when nothing greets", async () => {
    assert.match(
      await reasonOf(await failed(255, "Connection timed out"), 1),
      /^no SSH server answers this machine at the manager's 127\.0\.0\.1: Connection timed out -> check that its host is up and that your address/,
    );
  });
});
