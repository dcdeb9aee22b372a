import type { IPage } from '../api/request';
import type { Version } from '../api/schema';

/** The versions of a notebook on a branch, newest first, as far as they were read. */
export interface IVersionPages {
  readonly versions: readonly Version[];
  /** Where the next page begins; `null` when this is all. */
  readonly next: string | null;
}

/** With the page that lies below. */
export function extended(pages: IVersionPages, page: IPage<Version>): IVersionPages {
  const oldest = pages.versions.at(-1)?.id ?? Infinity;
  const below = page.items.filter(each => each.id < oldest);
  return { ...pages, versions: [...pages.versions, ...below], next: page.next };
}

/** With the newest page, read again: it replaces what it covers. */
export function refreshed(pages: IVersionPages, page: IPage<Version>): IVersionPages {
  const oldest = page.items.at(-1)?.id;
  const newest = pages.versions[0]?.id;
  const apart = oldest === undefined || newest === undefined || oldest > newest;
  if (page.next === null || apart) {
    return { ...pages, versions: page.items, next: page.next };
  }
  const below = pages.versions.filter(each => each.id < oldest);
  const next = below.length > 0 ? pages.next : page.next;
  return { ...pages, versions: [...page.items, ...below], next };
}

/** With one version changed. */
export function patched(pages: IVersionPages, id: number, patch: Partial<Version>): IVersionPages {
  const versions = pages.versions.map(each => (each.id === id ? { ...each, ...patch } : each));
  return { ...pages, versions };
}
