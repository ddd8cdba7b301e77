import { randomBytes } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { basename, join, posix } from "node:path";
import type { SFTPWrapper } from "ssh2";
import { z } from "zod";
import type { OperationContext, Properties, ResourceType } from "../../provider/resource-type.ts";
import { connectionSchema, plainConnectionInputs } from "./connection.ts";
import { connections } from "./remote-command.ts";
import { openChannel } from "./ssh/connections.ts";

const inputs = z.strictObject({
  connection: connectionSchema,
  remotePath: z.string().min(1, "must not be empty"),
  /**
   * An asset or archive of the engine. As in the real plugin, it must be a path on this machine.
   */
  source: z.looseObject({
    path: z.string("must be a FileAsset, or a FileArchive of a directory or file"),
    hash: z.string(),
  }),
  triggers: z.array(z.json()).optional(),
});
type CopyInputs = z.infer<typeof inputs>;

/**
 * Copies files to a server over SFTP. Deleting the resource leaves the files, as in the real
 * plugin.
 */
export const copyToRemote: ResourceType<CopyInputs> = {
  token: "command:remote:CopyToRemote",
  inputs,
  replaceOn: ["triggers"],
  secretOutputs: ["connection"],
  plainInputs: plainConnectionInputs,
  create: async (news, context) => {
    await copy(news, context);
    return { id: randomBytes(4).toString("hex"), outputs: news as Properties };
  },
  read: (_id, state) => Promise.resolve({ outputs: state }),
  update: async (_id, olds, news, context) => {
    const before = olds as unknown as CopyInputs;
    const changed = before.source.hash !== news.source.hash || before.remotePath !== news.remotePath;
    if (changed) await copy(news, context);
    return news as Properties;
  },
  delete: () => Promise.resolve(),
};

async function copy({ connection, source, remotePath }: CopyInputs, context: OperationContext): Promise<void> {
  await connections.session(connection, context, ({ client, sessions }) =>
    sessions.runExclusive(async () => {
      const sftp = await openChannel<SFTPWrapper>((callback) => {
        client.sftp(callback);
      });
      const interrupt = () => {
        sftp.end();
      };
      context.signal.addEventListener("abort", interrupt, { once: true });
      try {
        await copyInto(sftp, source.path, remotePath);
      } finally {
        context.signal.removeEventListener("abort", interrupt);
        sftp.end();
      }
    }),
  );
}

/**
 * Copies a file or directory. A directory goes into the remote one under its name. If the path ends
 * with a slash, only its contents do.
 */
async function copyInto(sftp: SFTPWrapper, source: string, destination: string): Promise<void> {
  const target = await kindOf(sftp, destination);
  if (!(await stat(source)).isDirectory()) {
    const into = target === "directory" ? posix.join(destination, basename(source)) : destination;
    await putFile(sftp, source, into);
    return;
  }
  if (target === undefined) await makeDirectory(sftp, destination);
  await putDirectory(sftp, source, source.endsWith("/") ? destination : posix.join(destination, basename(source)));
}

async function putDirectory(sftp: SFTPWrapper, source: string, destination: string): Promise<void> {
  const kind = await kindOf(sftp, destination);
  if (kind === "other") throw new Error(`the remote path ${destination} exists and is not a directory`);
  if (kind === undefined) await makeDirectory(sftp, destination);
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const [from, to] = [join(source, entry.name), posix.join(destination, entry.name)];
    if (entry.isDirectory()) await putDirectory(sftp, from, to);
    else await putFile(sftp, from, to);
  }
}

async function putFile(sftp: SFTPWrapper, source: string, destination: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    sftp.fastPut(source, destination, (error) => {
      if (error == null) resolve();
      else reject(new Error(`can't copy ${source} to ${destination}`, { cause: error }));
    });
  });
}

async function makeDirectory(sftp: SFTPWrapper, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    sftp.mkdir(path, (error) => {
      if (error == null) resolve();
      else reject(new Error(`can't create the remote directory ${path}`, { cause: error }));
    });
  });
}

const NO_SUCH_FILE = 2;

async function kindOf(sftp: SFTPWrapper, path: string): Promise<"directory" | "other" | undefined> {
  return new Promise((resolve, reject) => {
    sftp.stat(path, (error, stats) => {
      if (error === undefined) resolve(stats.isDirectory() ? "directory" : "other");
      else if ((error as { code?: unknown }).code === NO_SUCH_FILE) resolve(undefined);
      else reject(new Error(`can't read the attributes of the remote path ${path}`, { cause: error }));
    });
  });
}
