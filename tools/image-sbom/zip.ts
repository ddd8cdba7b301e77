import { inflateRawSync } from "node:zlib";

// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3: the central directory is found
// from the end of the file.
const END = 0x06054b50;
const END_BYTES = 22;
const DEFLATED = 8;

/**
 * Reads the files of a ZIP archive (or jar) whose names match. Returns undefined for other files.
 */
export function readZip(archive: Buffer, wanted: RegExp): { name: string; content: Buffer }[] | undefined {
  let end = archive.length - END_BYTES;
  while (end >= 0 && archive.readUInt32LE(end) !== END) end--;
  if (end < 0) return undefined;
  const files = [];
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset));
    const name = archive.toString("utf8", at + 46, at + 46 + (nameLength ?? 0));
    if (wanted.test(name)) {
      const header = archive.readUInt32LE(at + 42);
      const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
      const packed = archive.subarray(start, start + archive.readUInt32LE(at + 20));
      files.push({ name, content: archive.readUInt16LE(at + 10) === DEFLATED ? inflateRawSync(packed) : packed });
    }
    at += 46 + (nameLength ?? 0) + (extraLength ?? 0) + (commentLength ?? 0);
  }
  return files;
}
