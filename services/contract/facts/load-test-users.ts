/**
 * The user ids of load tests, far from those of people: what a load test leaves behind is known by
 * them, and only that is ever taken away again.
 */
export const LOAD_TEST_USERS = { first: 7_000_000_000, last: 7_999_999_999 } as const;
