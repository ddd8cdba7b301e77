/** The registry of an image whose name has none. */
const DOCKER_HUB = "docker.io";

/** The registry's host (and port) of an image name: its first part, where that can be a host. */
export function registryOf(imageName: string): string {
  const [first = "", ...rest] = imageName.split("/");
  const isHost = rest.length > 0 && (first.includes(".") || first.includes(":") || first === "localhost");
  return isHost ? first : DOCKER_HUB;
}

/** An image name without its tag and digest. */
export function repositoryOf(imageName: string): string {
  const name = imageName.split("@")[0] ?? imageName;
  const colon = name.lastIndexOf(":");
  return colon > name.lastIndexOf("/") ? name.slice(0, colon) : name;
}

/** Where the Docker client looks for a registry's login in its configuration. */
export function credentialKey(registry: string): string {
  return registry === DOCKER_HUB ? "https://index.docker.io/v1/" : registry;
}
