import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { after, describe, it } from "node:test";
import { execa } from "execa";
import { greets, whyManagerUnasked, wordsOf } from "./reach.ts";

describe("the reason why a host could not be asked", () => {
  const servers: (() => void)[] = [];
  after(() => {
    for (const stop of servers) stop();
  });

  /** Starts a server that does so with each connection; returns its port. */
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
  const because = async (error: unknown, port: number) => {
    const { message, next } = await whyManagerUnasked(error, "127.0.0.1", port);
    return `${message} -> ${next}`;
  };

  it("is told by the last line of ssh, or by what kept it from running", async () => {
    assert.equal(
      wordsOf(await failed(255, "a warning\nPermission denied (publickey).\n")),
      "Permission denied (publickey).",
    );
    assert.match(wordsOf(await execa("no-such-program").catch((error: unknown) => error)), /ENOENT/);
  });

  it("is no lost host where an SSH server greets", async () => {
    assert.equal(await greets("127.0.0.1", await sshd()), true);
    assert.equal(await greets("127.0.0.1", await serve((socket) => socket.end("HTTP/1.1 200 OK\r\n"))), false);
    assert.equal(await greets("127.0.0.1", await serve((socket) => socket.end())), false);
    assert.equal(await greets("127.0.0.1", 1), false);
  });

  it("is this machine's where the manager greets and ssh fails all the same", async () => {
    const port = await sshd();
    const words = 'unix_listener: path "/tmp/x" too long for Unix domain socket';
    assert.match(
      await because(await failed(255, words), port),
      /^the manager is up, but this machine can't log in to it: unix_listener: .* -> see to ssh on this machine/,
    );
    assert.match(
      await because(await failed(255, "Permission denied (publickey)."), port),
      / -> give the file of a key that it knows: --identity FILE/,
    );
  });

  it("is the manager's engine where the command ran and failed", async () => {
    const next = "on the manager: sudo systemctl restart docker";
    assert.equal(
      await because(await failed(1, "Cannot connect to the Docker daemon"), 1),
      `the manager can't tell how the Swarm is: Cannot connect to the Docker daemon -> ${next}`,
    );
    assert.ok((await because(new SyntaxError("Unexpected end of JSON input"), 1)).endsWith(next));
  });

  it("may be the host or the way to it where nothing greets", async () => {
    assert.match(
      await because(await failed(255, "Connection timed out"), 1),
      /^no SSH server answers this machine at the manager's 127\.0\.0\.1: Connection timed out -> is its host up, and is your address/,
    );
  });
});
