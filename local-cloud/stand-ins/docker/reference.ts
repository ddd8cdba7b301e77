/** The registry of an image name without a registry. */
const DOCKER_HUB = "docker.io";

/** Returns the registry of an image name: its first part, if that can be a host and port. */
export function registryOf(imageName: string): string {
  const [first = "", ...rest] = imageName.split("/");
  const isHost = rest.length > 0 && (first.includes(".") || first.includes(":") || first === "localhost");
  return isHost ? first : DOCKER_HUB;
}

/** Returns an image name without its tag and digest. */
export function repositoryOf(imageName: string): string {
  const name = imageName.split("@")[0] ?? imageName;
  const colon = name.lastIndexOf(":");
  return colon > name.lastIndexOf("/") ? name.slice(0, colon) : name;
}

/** Returns the key of a registry's login in the Docker client's configuration. */
export function credentialKey(registry: string): string {
  return registry === DOCKER_HUB ? "https://index.docker.io/v1/" : registry;
}
