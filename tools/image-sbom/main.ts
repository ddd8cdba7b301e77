import { execa } from "execa";
import { readComponents } from "./components.ts";

// main.ts IMAGE: prints the software bill of materials (CycloneDX) of an image of this machine's
// Docker engine, without running it.

const [image = ""] = process.argv.slice(2);
const { stdout: identity } = await execa("docker", [
  ...["image", "inspect", "--format", "{{with .RepoDigests}}{{index . 0}}{{else}}{{.Id}}{{end}}", image],
]);
const { stdout: container } = await execa("docker", ["create", image, "nothing"]);
try {
  const files = execa("docker", ["export", container], { stdout: "pipe", buffer: false });
  const [components] = await Promise.all([readComponents(files.stdout), files]);
  if (components.length === 0) throw new Error(`no packages were found in ${image}`);
  const [name, version] = image.split(":");
  // A pulled image is identified by its registry's digest, a built one by its id.
  const component = { type: "container", "bom-ref": identity, name, version };
  const bom = { bomFormat: "CycloneDX", specVersion: "1.5", version: 1, metadata: { component }, components };
  console.log(JSON.stringify(bom, null, 2));
} finally {
  await execa("docker", ["rm", container]);
}
