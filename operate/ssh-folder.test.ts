import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { makeSshFolder } from "./ssh-folder.ts";

/** Returns the length of the path that ssh binds for a host with a name of this length. */
const bound = (folder: string, name: number) => Buffer.byteLength(folder) + 1 + name + 17;

describe("the folder of ssh's files", () => {
  let root: string;
  const made: string[] = [];
  const make = async (...parameters: Parameters<typeof makeSshFolder>) => {
    const folder = await makeSshFolder(...parameters);
    made.push(folder.path);
    return folder;
  };

  before(async () => {
    root = await mkdtemp(join(tmpdir(), "ssh-"));
  });
  after(() => Promise.all([root, ...made].map((path) => rm(path, { recursive: true, force: true }))));

  /** Creates a folder whose path has this many bytes. */
  async function folderOf(bytes: number): Promise<string> {
    const path = join(root, "x".repeat(bytes - Buffer.byteLength(root) - 1));
    await mkdir(path, { recursive: true });
    assert.equal(Buffer.byteLength(path), bytes);
    return path;
  }

  it("is accessible only to this user", async () => {
    const { path } = await make(14, [root]);
    assert.equal((await stat(path)).mode & 0o777, 0o700);
  });

  it("is in the first place that is short enough for sockets, to the byte", async () => {
    // 107 bytes less ssh's 17, a name of 14 and its slash, the folder's name of 19 and its slash.
    const [fits, isLong] = [await folderOf(55), await folderOf(56)];
    const folder = await make(14, [isLong, fits]);
    assert.deepEqual([dirname(folder.path), folder.shares], [fits, true]);
    assert.equal(bound(folder.path, 14), 107);
  });

  it("shares no connections when every place is too long", async () => {
    const isLong = await folderOf(120);
    const folder = await make(14, [isLong]);
    assert.deepEqual([dirname(folder.path), folder.shares], [isLong, false]);
  });

  it("skips absent places and paths that an ssh configuration would interpret", async () => {
    const folder = await make(14, [join(root, "absent"), join(root, "a b"), join(root, "100%d"), root]);
    assert.equal(dirname(folder.path), root);
  });

  it("fails with every place and its reason when no place works", async () => {
    await assert.rejects(makeSshFolder(14, ["/proc/absent", "/a b"]), {
      name: "NotReadyError",
      message:
        /no folder can be created for ssh's files: \/proc\/absent \(ENOENT\), \/a b \(its path may .*\nSet TMPDIR /,
    });
  });
});
