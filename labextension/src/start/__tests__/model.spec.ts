import { describe, expect, it } from 'vitest';

import { ApiError, Unreachable } from '../../api/request';
import { bodyOf, placeOf } from '../model';

describe('the body', () => {
  const values = {
    request: 'Do it',
    name: '  ',
    schema: null,
    dependencies: [],
    model: null,
    branch: 'main'
  };

  it('leaves out what is empty', () => {
    expect(bodyOf(values, true, null)).toEqual({ request: 'Do it', dependencies: [], start: true });
  });

  it('names the notebook that the user looks at when it starts', () => {
    expect(bodyOf(values, true, 'a.ipynb')).toMatchObject({ notebook: 'a.ipynb' });
    expect(bodyOf(values, false, 'a.ipynb')).not.toHaveProperty('notebook');
  });

  it('names another branch than main', () => {
    expect(bodyOf(values, true, null)).not.toHaveProperty('active_branch');
    expect(bodyOf({ ...values, branch: 'b1' }, true, null)).toMatchObject({
      active_branch: 'b1',
      start: true
    });
  });
});

describe('the place of an error', () => {
  const place = (message: string, details: Record<string, unknown> = {}, code = 'bad_request') =>
    placeOf(new ApiError(400, code, message, details));

  it('is the field that the server names', () => {
    expect(place('name: a name cannot contain control characters.')).toBe('name');
    expect(place('request: String should have at most 1000000 characters.')).toBe('request');
    expect(place('dependencies.0.field: String should have …')).toBe('dependencies');
    expect(place('It has no fields.', { path: ['properties'] })).toBe('schema');
    expect(place('Cannot start yet: …', { dependencies: [] }, 'blocked')).toBe('dependencies');
  });

  it('is the whole form otherwise', () => {
    expect(place('Something: else')).toBe('form');
    expect(placeOf(new Unreachable('gone'))).toBe('form');
  });
});
