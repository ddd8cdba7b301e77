/** The folder in which a host keeps what is its own. */
export const HOST_FOLDER = "/var/lib/gifticon-event";

/**
 * The certificate authorities of RDS, on each host. The tasks that log in to the database have them
 * mounted.
 */
export const DATABASE_CA_FILE = `${HOST_FOLDER}/database-ca.pem`;
