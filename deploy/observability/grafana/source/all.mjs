import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { readSlos } from '../../lib/slo.mjs';
import { search } from './search.mjs';
import { service } from './service.mjs';
import { shop } from './shop.mjs';

const { slos } = readSlos(path.join(path.dirname(fileURLToPath(import.meta.url)), '../../slo.toml'));

/** Every dashboard. */
export const dashboards = [shop(slos), service, search];
