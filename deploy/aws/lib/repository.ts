// Where the files of this repository are that the templates are generated from.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'smol-toml';

const ROOT = resolve(import.meta.dirname, '../../..');

/** The absolute path of a file in the repository, given from its root. */
export const pathOf = (file: string): string => resolve(ROOT, file);

/** A file of the repository as text. */
export const readText = (file: string): string => readFileSync(pathOf(file), 'utf8');

/** A TOML file of the repository. The caller names its shape. */
export const readToml = <T>(file: string): T => parse(readText(file)) as T;

/** A JSON file of the repository. The caller names its shape. */
export const readJson = <T>(file: string): T => JSON.parse(readText(file)) as T;
