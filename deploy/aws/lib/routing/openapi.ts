// What the services' own API documents (`openapi/*.json`) say about their parameters.

import { readJson } from '../repository.ts';

/** A parameter of an operation. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required?: boolean;
}

/** One method of one path. */
export interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
}

/** The paths of a document: path, then method in small letters. */
export type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/** The paths of one service's document, or of all services (`techmart`). */
export const loadPaths = (document: string): Paths => readJson<{ paths: Paths }>(`openapi/${document}.json`).paths;
