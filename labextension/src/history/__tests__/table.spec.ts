import { describe, expect, it } from 'vitest';

import { rowsOf } from '../table/branchRows';
import { branch, fork, seenOn, session } from './make';

const main = branch('main');
const ALL = { notebook: null, filter: '', showDeleted: false };

describe('rows of the branches page', () => {
  it('begins with main, then the newest branch', () => {
    const old = branch('old', { created_at: '2026-11-01T12:00:00Z' });
    const rows = rowsOf([old, branch('new'), main], [], ALL);
    expect(rows.map(each => each.branch.id)).toEqual(['main', 'new', 'old']);
  });

  it('hides what is deleted until it is asked for', () => {
    const gone = branch('gone', { status: 'deleted' });
    expect(rowsOf([main, gone], [], ALL)).toHaveLength(1);
    expect(rowsOf([main, gone], [], { ...ALL, showDeleted: true })).toHaveLength(2);
  });

  it('names the sessions that have a branch active, without the archived ones', () => {
    const sessions = [
      session('Model', 'B'),
      session('Old', 'B', { archived_at: '2026-11-01T12:00:00Z' }),
      session('Other', 'main')
    ];
    const rows = rowsOf([main, branch('B')], sessions, ALL);
    expect(rows.map(each => each.sessions)).toEqual([['Other'], ['Model']]);
  });

  it('shows of one notebook main and the branches that have changed it, with their own times', () => {
    const touched = branch('touched');
    const other = branch('other');
    const seen = new Map([
      ['touched', seenOn(touched, { updated_at: '2026-11-20T12:00:00Z', notebook: null })],
      ['other', seenOn(other, { touched: false })]
    ]);
    const notebook = { path: 'model.ipynb', seen };
    const rows = rowsOf([main, touched, other], [], { ...ALL, notebook });
    expect(rows.map(each => each.branch.id)).toEqual(['main', 'touched']);
    expect(rows[1]).toMatchObject({ updatedAt: '2026-11-20T12:00:00Z', without: true });
  });

  it('shows of one notebook the branches that were forked from it, before they have changed it', () => {
    const forked = branch('forked', { fork: fork('model.ipynb') });
    const elsewhere = branch('elsewhere', { fork: fork('other.ipynb') });
    const seen = new Map([forked, elsewhere].map(each => [each.id, seenOn(each, { touched: false })]));
    const notebook = { path: 'model.ipynb', seen };
    const rows = rowsOf([main, forked, elsewhere], [], { ...ALL, notebook });
    expect(rows.map(each => each.branch.id)).toEqual(['main', 'forked']);
  });

  it('finds a part of a name, however it is written', () => {
    const rows = rowsOf([main, branch('B', { name: 'Try-Boosting' })], [], { ...ALL, filter: ' boost' });
    expect(rows.map(each => each.branch.name)).toEqual(['Try-Boosting']);
  });
});
