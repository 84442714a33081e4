// What one service needs that the others do not.

/** What a service uses beside its database and Redis. */
export interface Profile {
  /** How long it may take until it is ready, in seconds: search reads its index first. */
  readonly startS: number;
  /** Connections of one task to the primary at most, and as many to its replica. */
  readonly connections: number;
  /** Signs guests' order tokens, or reads them, too. */
  readonly orderTokens?: 'signs' | 'reads';
  /** Sends mail. */
  readonly mail?: true;
  /** Signs access tokens and checks passwords. */
  readonly accounts?: true;
  /** Takes payments. */
  readonly payments?: true;
  /** Asks OpenSearch, where there is one. */
  readonly search?: true;
}

const PROFILES: Readonly<Record<string, Profile>> = {
  auth: { startS: 60, connections: 4, accounts: true, mail: true },
  catalog: { startS: 60, connections: 5 },
  cart: { startS: 60, connections: 5 },
  checkout: { startS: 60, connections: 8, orderTokens: 'signs', payments: true },
  orders: { startS: 60, connections: 5, orderTokens: 'reads', mail: true },
  search: { startS: 300, connections: 4, search: true },
};

/** The profile of one of the six services. */
export function profileOf(service: string): Profile {
  const profile = PROFILES[service];
  if (profile === undefined) throw new Error(`no profile for the service ${service}`);
  return profile;
}
