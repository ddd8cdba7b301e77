/** Folder of a host's own state. */
export const HOST_FOLDER = "/var/lib/gifticon-event";

/**
 * File with the certificate authorities of RDS, on each host. Tasks that log in to the database
 * mount it.
 */
export const DATABASE_CA_FILE = `${HOST_FOLDER}/database-ca.pem`;
